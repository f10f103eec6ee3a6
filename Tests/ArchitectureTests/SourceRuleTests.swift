// Time budget: 30 s

import Testing

@Suite("Rules about sources")
struct SourceRuleTests {
    @Test("the list of exceptions is well formed, and all its files exist")
    func exceptions() {
        #expect(Exception.all.problems == [])
        for exception in Exception.all.exceptions {
            #expect(Repository.exists(exception.path), "\(exception.path) is no more")
        }
    }

    @Test("no calls that are banned outside the command line")
    func bannedCalls() {
        var violations: [Violation] = []
        for file in Repository.swiftFiles {
            for (index, line) in file.code.enumerated() {
                for call in BannedCall.all where call.applies(to: file) && call.stands(in: line) {
                    violations.append(
                        Violation(
                            path: file.path, line: index + 1, what: "\(call.text): \(call.reason)"))
                }
            }
        }
        expectOnly(violations, of: .bannedCall)
    }

    @Test("a switch over an enum names every case")
    func switchDefaults() {
        let violations = Repository.productFiles.flatMap { file in
            TokenList(file).switches.compactMap { one -> Violation? in
                guard let line = one.defaultLine, one.isOverCases else { return nil }
                return Violation(path: file.path, line: line, what: "default")
            }
        }
        expectOnly(violations, of: .switchDefault)
    }

    @Test("files up to 400 lines")
    func fileLengths() {
        let long = Repository.swiftFiles.filter { $0.lines.count > 400 }
        expectOnly(
            long.map { Violation(path: $0.path, line: 1, what: "\($0.lines.count) lines") },
            of: .fileLength)
    }

    @Test("lines up to 100 columns")
    func lineLengths() {
        var violations: [Violation] = []
        for file in Repository.swiftFiles {
            for (index, line) in file.lines.enumerated() where line.utf8.count > 100 {
                // Input and output of tests, and files that are embedded, stand as they are.
                let isText =
                    (file.isTest || file.isGenerated)
                    && file.code[index].allSatisfy(" \"(),+".contains)
                guard line.count > 100, !isText else { continue }
                violations.append(
                    Violation(path: file.path, line: index + 1, what: "\(line.count) columns"))
            }
        }
        expectOnly(violations, of: .lineLength)
    }

    @Test("functions up to 70 lines")
    func functionLengths() {
        let violations = Repository.swiftFiles.flatMap { file in
            TokenList(file).functions.filter { $0.length > 70 }.map {
                Violation(path: file.path, line: $0.first, what: "\($0.name), \($0.length) lines")
            }
        }
        expectOnly(violations, of: .functionLength)
    }

    @Test("one public type a file, and the file is named after it")
    func publicTypes() {
        let violations = Repository.productFiles.flatMap { file -> [Violation] in
            let types = file.publicTypes
            if types.count > 1 {
                return types.dropFirst().map {
                    Violation(path: file.path, line: $0.line, what: "another one: \($0.name)")
                }
            }
            let names = file.publicTypeNames
            return types.filter { !names.contains($0.name) }.map {
                Violation(path: file.path, line: $0.line, what: "named otherwise: \($0.name)")
            }
        }
        expectOnly(violations, of: .onePublicType)
    }

    @Test("a file opens with what it owns: a comment, or that of its first declaration")
    func openings() {
        let silent = Repository.productFiles.filter { file in
            var lines = file.lines.filter { line in
                let words = line.split(separator: " ")
                return !words.isEmpty && !words.contains("import") && !line.hasPrefix("#")
            }
            // An extension is named by its file; what it adds says its first member.
            if lines.first?.contains("extension ") == true { lines.removeFirst() }
            return lines.first.map { !$0.trimmed.hasPrefix("//") } ?? false
        }
        expectOnly(
            silent.map { Violation(path: $0.path, line: 1, what: "opens with code") },
            of: .opening)
    }

    @Test("the masks tell code from texts and comments")
    func masks() {
        let text = ##"""
            let a = "print(\(name("x"))) // no" // print(
            /* print( /* nested */ print( */ call("""
              print( \(value) "quoted"
              """, #"raw \(no) \#(yes) "#)
            """##
        let code = SwiftSource(path: "Sources/X/A.swift", text: text).code
        #expect(code.count == 4)
        #expect(!code.joined().contains("print("))
        #expect(!code.joined().contains("no"))
        for kept in ["(name(", "(value)", "(yes)", "call("] {
            #expect(code.joined(separator: "\n").contains(kept))
        }
    }

    @Test("lengths of functions and defaults of switches are seen")
    func extents() {
        let body = Array(repeating: "    work()", count: 80).joined(separator: "\n")
        let text = """
            protocol P { func none(); var none: Int { get } }
            struct S {
                init(_ a: () -> Void = { }) { self.init(1) }
                func long<T>(_ t: [T]) -> [T] where T: P {
            \(body)
                }
                var short: Int { switch x { case .a: 1; default: 2 } }
                func other() { switch x { case 1: 2
                    default: 3 } }
            }
            """
        let tokens = TokenList(SwiftSource(path: "Sources/X/A.swift", text: text))
        #expect(tokens.functions.map(\.name) == ["none", "init", "long", "short", "other"])
        #expect(tokens.functions.filter { $0.length > 70 }.map(\.length) == [82])
        #expect(tokens.switches.map(\.isOverCases) == [true, false])
        #expect(tokens.switches.allSatisfy { $0.defaultLine != nil })
    }
}

extension SwiftSource {
    /// What the public type of this file may be called.
    fileprivate var publicTypeNames: Set<String> {
        let base = name.split(separator: "+").first.map(String.init) ?? name
        // A kind's file holds its definition; the registry's file is named for what it registers.
        if path.contains("/Objects/") { return [base, "\(base)Definition"] }
        if name.hasSuffix("+All") { return ["\(base)s"] }
        return [base]
    }

    /// The public types at the top level.
    fileprivate var publicTypes: [(name: String, line: Int)] {
        let sorts: Set<Substring> = ["struct", "class", "enum", "protocol", "actor"]
        return code.enumerated().compactMap { index, line in
            guard line.hasPrefix("public ") || line.hasPrefix("open ") else { return nil }
            let words = line.split { !($0.isLetter || $0.isNumber || $0 == "_") }
            guard let sort = words.firstIndex(where: sorts.contains), sort < 4,
                words.count > sort + 1, !words[..<sort].contains("extension"),
                !words[..<sort].contains("func")
            else { return nil }
            return (String(words[sort + 1]), index + 1)
        }
    }
}

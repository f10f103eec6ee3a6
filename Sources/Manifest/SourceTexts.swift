/// The texts of files by line, for diagnostics that show the line they speak of.
public struct SourceTexts: Sendable {
    private let files: [String: [UInt8]]

    /// Takes files as they were read.
    public init(_ files: some Sequence<ManifestFile>) {
        self.files = Dictionary(
            files.map { ($0.path, $0.bytes) }, uniquingKeysWith: { first, _ in first })
    }

    /// Line `number` (from 1) of a file without its line end; nil for a file or line that is not
    /// there or that is too long to show.
    ///
    /// Characters that control a terminal are replaced one by one, so that columns stay right.
    public func line(_ file: String, _ number: Int) -> String? {
        guard let bytes = files[file] else { return nil }
        var rest = bytes[...]
        if rest.starts(with: [0xef, 0xbb, 0xbf]) { rest = rest.dropFirst(3) }
        for _ in 1..<max(number, 1) {
            guard let end = rest.firstIndex(where: { $0 == 0x0a || $0 == 0x0d }) else {
                return nil
            }
            let isPair = rest[end] == 0x0d && end + 1 < rest.endIndex && rest[end + 1] == 0x0a
            rest = rest[(end + (isPair ? 2 : 1))...]
        }
        let line = rest.prefix { $0 != 0x0a && $0 != 0x0d }
        guard line.count <= 1_000 else { return nil }
        var text = String.UnicodeScalarView()
        for scalar in String(decoding: line, as: UTF8.self).unicodeScalars {
            text.append(Self.isHarmless(scalar) ? scalar : "\u{fffd}")
        }
        return String(text)
    }

    private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control: scalar == "\t"
        case .format, .lineSeparator, .paragraphSeparator, .surrogate: false
        default: true
        }
    }
}

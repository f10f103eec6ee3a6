import Foundation
import Glibc

@testable import GitSource

struct ProgramFailed: Error, CustomStringConvertible {
    let description: String
}

/// Runs programs that tests need, on threads of their own.
enum Program {
    /// Runs a program to its end and returns what it printed without the last line end.
    @discardableResult
    static func run(
        _ program: String, _ arguments: [String], input: [UInt8] = [],
        environment: [String: String] = [:]
    ) async throws -> String {
        let (ending, output, errors) = try await BlockingThread.run { () throws(GitError) in
            try runBlocking(program, arguments, input, environment)
        }
        if ending == .exited(0) {
            return output.hasSuffix("\n") ? String(output.dropLast()) : output
        }
        throw ProgramFailed(
            description: "\(program) \(arguments.joined(separator: " ")): \(ending)\n\(errors)")
    }

    private static func runBlocking(
        _ program: String, _ arguments: [String], _ input: [UInt8],
        _ environment: [String: String]
    ) throws(GitError) -> (ChildProcess.Ending, String, String) {
        let child = try ChildProcess(
            program, arguments, environment: environment, ownGroup: false)
        child.write(input)
        shutdown(child.input, Int32(SHUT_WR))
        var output: [UInt8] = []
        var errors: [UInt8] = []
        var open = [child.output, child.error]
        while !open.isEmpty {
            for end in ChildProcess.wait(for: open, milliseconds: 1_000) {
                guard let bytes = ChildProcess.read(end) else {
                    open.removeAll { $0 == end }
                    continue
                }
                if end == child.output { output += bytes } else { errors += bytes }
            }
        }
        let ending = child.reap()
        return (
            ending, String(decoding: output, as: UTF8.self), String(decoding: errors, as: UTF8.self)
        )
    }
}

/// A program that serves until it is dropped.
final class ServerProgram: @unchecked Sendable {
    private let child: ChildProcess
    /// The first line that it printed.
    private(set) var firstLine = ""

    /// Starts it and waits until it prints a line or, if it prints nothing, can be connected to.
    init(_ program: String, _ arguments: [String], port: Int? = nil) async throws {
        let child = try ChildProcess(
            program, arguments, environment: ["PATH": "/usr/bin:/bin", "LC_ALL": "C"],
            ownGroup: true)
        self.child = child
        firstLine = try await BlockingThread.run { () throws(GitError) in
            port.map { Self.waitForPort($0) } ?? Self.waitForLine(child.output)
        }
        if firstLine.isEmpty {
            let errors = ChildProcess.read(child.error) ?? []
            throw ProgramFailed(
                description: "\(program) does not serve: " + String(decoding: errors, as: UTF8.self)
            )
        }
    }

    deinit {
        kill(-child.pid, SIGKILL)
        _ = child.reap()
    }

    private static func waitForLine(_ descriptor: Int32) -> String {
        var bytes: [UInt8] = []
        for _ in 0..<200 where !bytes.contains(0x0a) {
            guard !ChildProcess.wait(for: [descriptor], milliseconds: 50).isEmpty else { continue }
            guard let more = ChildProcess.read(descriptor) else { break }
            bytes += more
        }
        return String(decoding: bytes.prefix { $0 != 0x0a }, as: UTF8.self)
    }

    private static func waitForPort(_ port: Int) -> String {
        for _ in 0..<200 {
            if Loopback.connects(port) { return "port \(port)" }
            usleep(50_000)
        }
        return ""
    }
}

/// TCP on this machine only.
enum Loopback {
    private static func address(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return address
    }

    static func connects(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = address(port)
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    /// A port on which nothing listens right now.
    static func freePort() throws -> Int { try SilentServer().port }
}

/// Lets clients connect and never says a word.
final class SilentServer: Sendable {
    private let descriptor: Int32
    let port: Int

    init() throws {
        descriptor = socket(
            AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let socket = descriptor
        let done = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, length) == 0 && listen(socket, 16) == 0
                    && getsockname(socket, $0, &length) == 0
            }
        }
        port = Int(in_port_t(bigEndian: address.sin_port))
        if !done { throw ProgramFailed(description: "no port on the loopback interface") }
    }

    deinit { close(descriptor) }
}

import Foundation

@testable import GitSource

/// A real git server over http or https: git's own CGI program behind Python's web server.
final class WebServer: Sendable {
    private let program: ServerProgram
    let port: Int

    /// - Parameters:
    ///   - root: the folder of the repositories.
    ///   - login: `user:password` if it asks for one.
    ///   - certificate: the file of a certificate and its key, for https.
    ///   - redirect: where all requests are sent instead.
    init(
        _ sandbox: Sandbox, login: String = "", certificate: String = "", redirect: String = ""
    ) async throws {
        let script = try sandbox.write("server.py", Self.script)
        program = try await ServerProgram(
            "/usr/bin/python3", [script, sandbox.root, login, certificate, redirect])
        guard let port = Int(program.firstLine) else {
            throw ProgramFailed(description: "the web server says \(program.firstLine)")
        }
        self.port = port
    }

    /// How many requests were made, by the log that the server writes.
    static func requests(_ sandbox: Sandbox) -> [String] {
        let log = try? String(contentsOfFile: sandbox.path("requests.log"), encoding: .utf8)
        return (log ?? "").split(separator: "\n").map(String.init)
    }

    /// Makes a certificate for `localhost` that signs itself; returns it alone and with its key.
    static func certificate(_ sandbox: Sandbox) async throws -> (ca: String, pair: String) {
        let (key, ca) = (sandbox.path("key.pem"), sandbox.path("ca.pem"))
        _ = try await Program.run(
            "/usr/bin/openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
                "subjectAltName=DNS:localhost", "-keyout", key, "-out", ca,
            ])
        let both =
            try String(contentsOfFile: key, encoding: .utf8)
            + String(contentsOfFile: ca, encoding: .utf8)
        return (ca, try sandbox.write("pair.pem", both))
    }

    private static let script = #"""
        import base64, http.server, os, ssl, subprocess, sys
        root, login, certificate, redirect = sys.argv[1:5]

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *arguments):
                pass

            def plain(self, status, *headers):
                self.send_response(status)
                for name, value in headers:
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def body(self):
                if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
                    return self.rfile.read(int(self.headers.get("Content-Length", 0)))
                data = b""
                while True:
                    size = int(self.rfile.readline().strip(), 16)
                    data += self.rfile.read(size)
                    self.rfile.readline()
                    if size == 0:
                        return data

            def serve(self):
                data = self.body() if self.command == "POST" else b""
                sent = self.headers.get("Authorization", "")
                with open(os.path.join(root, "requests.log"), "a") as log:
                    log.write(f"{self.command} {self.path} {'login' if sent else 'bare'}\n")
                if redirect:
                    return self.plain(301, ("Location", redirect + self.path))
                if login and sent != "Basic " + base64.b64encode(login.encode()).decode():
                    return self.plain(401, ("WWW-Authenticate", 'Basic realm="git"'))
                path, _, query = self.path.partition("?")
                environment = {
                    "PATH": "/usr/bin:/bin", "GIT_PROJECT_ROOT": root,
                    "GIT_HTTP_EXPORT_ALL": "1", "GIT_CONFIG_NOSYSTEM": "1",
                    "REQUEST_METHOD": self.command, "PATH_INFO": path, "QUERY_STRING": query,
                    "CONTENT_TYPE": self.headers.get("Content-Type", ""),
                    "CONTENT_LENGTH": str(len(data)), "REMOTE_ADDR": "127.0.0.1",
                    "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
                    "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
                }
                done = subprocess.run(
                    ["/usr/lib/git-core/git-http-backend"], input=data, env=environment,
                    stdout=subprocess.PIPE)
                head, _, content = done.stdout.partition(b"\r\n\r\n")
                headers = dict(
                    line.split(": ", 1) for line in head.decode().split("\r\n") if line)
                self.send_response(int(headers.pop("Status", "200").split()[0]))
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = serve

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        print(server.server_address[1], flush=True)
        server.serve_forever()
        """#
}

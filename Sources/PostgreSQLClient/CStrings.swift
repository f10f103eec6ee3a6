// Owns arrays of C strings for the time of a call.

import Glibc

/// Optional strings as C wants them: pointers with a NULL at the end.
struct CStrings: ~Copyable {
    private let pointers: [UnsafeMutablePointer<CChar>?]

    init(_ strings: [String?]) {
        pointers = strings.map { $0.flatMap { strdup($0) } } + [nil]
    }

    deinit {
        for pointer in pointers { free(pointer) }
    }

    /// Calls with the array, which is valid until the call returns.
    borrowing func withPointers<Value>(
        _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Value
    ) -> Value {
        withMutablePointers { pointers in
            let count = self.pointers.count
            return pointers.withMemoryRebound(to: UnsafePointer<CChar>?.self, capacity: count) {
                body($0)
            }
        }
    }

    /// The same for functions that forget to promise that they change nothing.
    borrowing func withMutablePointers<Value>(
        _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Value
    ) -> Value {
        var copy = pointers
        return copy.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress else {
                preconditionFailure("the array ends with a NULL, so it is never empty")
            }
            return body(start)
        }
    }
}

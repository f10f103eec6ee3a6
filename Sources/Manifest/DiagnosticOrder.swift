public import SchemaCore

extension Sequence<Diagnostic> {
    /// In the order of files and places, as people read them; those without a place come first,
    /// and equal places keep their order.
    public func sortedByPlace() -> [Diagnostic] {
        enumerated().sorted { lhs, rhs in
            switch (lhs.element.span, rhs.element.span) {
            case (let first?, let second?):
                if first.file != second.file { return first.file < second.file }
                if first.start != second.start { return first.start < second.start }
            case (nil, _?): return true
            case (_?, nil): return false
            case (nil, nil): break
            }
            return lhs.offset < rhs.offset
        }.map(\.element)
    }
}

internal import Planning

/// Which steps are kept or undone together.
enum StepGroups {
    /// The steps from `position` on that share a transaction with the first of them.
    static func group(at position: Int, in steps: [Step]) -> Range<Int> {
        switch steps[position].transaction {
        case .own, .none: return position..<(position + 1)
        case .shared:
            let first = steps[position].transaction
            let end = steps[position...].firstIndex { $0.transaction != first } ?? steps.endIndex
            return position..<end
        }
    }
}

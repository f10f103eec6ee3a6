/// An enum whose cases carry values, coded by the compiler's own code as an object with the case's
/// name as its only key.
public protocol SchemaCases: Codable {
    /// A value of each case.
    static var schemaCases: [Self] { get }
}

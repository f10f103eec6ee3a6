import SchemaCore

extension PostgreSQLObject {
    /// The kinds that the planner treats alike (`PlainKind`).
    public indirect enum PlainDefinition: Hashable, Codable, Sendable {
        case trigger(TriggerDefinition)
        case compositeType(CompositeTypeDefinition)
        case domain(DomainDefinition)
        case domainConstraint(DomainConstraintDefinition)
        case policy(PolicyDefinition)
        case rule(RuleDefinition)
        case statistics(StatisticsDefinition)
        case rowSecurity(RowSecurityDefinition)
        case replicaIdentity(ReplicaIdentityDefinition)
        case clustering(ClusteringDefinition)
        case parameterized(ParameterizedDefinition)
        case clause(ClauseDefinition)
        case publication(PublicationDefinition)
        case foreignTable(ForeignTableDefinition)
        case derivedColumn(DerivedColumnDefinition)
        case columnSettings(ColumnSettingsDefinition)
        case part(PartDefinition)
        case owner(OwnerDefinition)
        case grants(GrantsDefinition)
        case defaultPrivileges(DefaultPrivilegesDefinition)
        case data(DataDefinition)
        case statement(StatementDefinition)
        case role(RoleDefinition)

        /// What it says of itself.
        var kind: any PlainKind {
            switch self {
            case .trigger(let definition): definition
            case .compositeType(let definition): definition
            case .domain(let definition): definition
            case .domainConstraint(let definition): definition
            case .policy(let definition): definition
            case .rule(let definition): definition
            case .statistics(let definition): definition
            case .rowSecurity(let definition): definition
            case .replicaIdentity(let definition): definition
            case .clustering(let definition): definition
            case .parameterized(let definition): definition
            case .clause(let definition): definition
            case .publication(let definition): definition
            case .foreignTable(let definition): definition
            case .derivedColumn(let definition): definition
            case .columnSettings(let definition): definition
            case .part(let definition): definition
            case .owner(let definition): definition
            case .grants(let definition): definition
            case .defaultPrivileges(let definition): definition
            case .data(let definition): definition
            case .statement(let definition): definition
            case .role(let definition): definition
            }
        }
    }
}

typealias PlainDefinition = PostgreSQLObject.PlainDefinition

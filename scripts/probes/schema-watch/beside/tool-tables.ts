/**
 * Where migration tools keep what they have run, by their own names: Rails, Ecto, golang-migrate, dbmate, Prisma, Flyway, Liquibase,
 * goose, sql-migrate, Knex, Alembic, Django, Drizzle, TypeORM, Sequelize, node-pg-migrate, sqlx, Diesel, EF Core, MikroORM.
 */
const OF_TOOLS =
  /^(schema_migrations?|ar_internal_metadata|_prisma_migrations|flyway_schema_history|schema_version|databasechangelog(lock)?|goose_db_version|gorp_migrations|knex_migrations(_lock)?|alembic_version|django_migrations|__drizzle_migrations|migrations|typeorm_metadata|sequelizemeta|pgmigrations|_sqlx_migrations|__diesel_schema_migrations|__efmigrationshistory|mikro_orm_migrations)$/i;

/** A tool asks for it at every start, and what an older version of the tool made is no mistake of the plan's. */
export function isToolTable(name: string): boolean {
  return OF_TOOLS.test(name);
}

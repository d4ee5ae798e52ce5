import { join } from 'node:path';
import { delivered } from './install.ts';
import { sqlText, timestamp, type ProjectFile, type Tool } from './tool.ts';

const VERSIONS = { sqlx: '0.9.0', refinery: '0.10.0' };

/** The libraries that their command lines are made of, as an application calls them. */
const MAIN = `use std::path::Path;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = std::env::var("DATABASE_URL")?;
    let folder = Path::new("migrations");
    if std::env::args().nth(1).as_deref() == Some("sqlx") {
        let pool = sqlx::PgPool::connect(&url).await?;
        sqlx::migrate::Migrator::new(folder).await?.run(&pool).await?;
        return Ok(());
    }
    let (mut client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await?;
    tokio::spawn(connection);
    let mut migrations = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        migrations.push(refinery::Migration::unapplied(&name, &std::fs::read_to_string(&path)?)?);
    }
    refinery::Runner::new(&migrations).run_async(&mut client).await?;
    Ok(())
}
`;

const cargo = delivered({
  name: 'cargo',
  files: [
    {
      path: 'Cargo.toml',
      text: `[package]
name = "migrate"
version = "0.1.0"
edition = "2021"
[dependencies]
sqlx = { version = "=${VERSIONS.sqlx}", default-features = false, features = ["postgres", "migrate", "runtime-tokio"] }
refinery = { version = "=${VERSIONS.refinery}", default-features = false, features = ["tokio-postgres"] }
tokio-postgres = "0.7"
tokio = { version = "1", features = ["rt", "macros"] }
[profile.dev]
debug = false
`,
    },
    { path: 'src/main.rs', text: MAIN },
  ],
  commands: [
    ['cargo', 'build', '--quiet', '--target-dir', 'built'],
    ['cp', 'built/debug/migrate', 'migrate'],
    ['rm', '-r', 'built'],
  ],
});

const beside = (): readonly ProjectFile[] => [{ path: 'Cargo.toml', text: '[package]\nname = "app"\n' }];

export const RUST_TOOLS: readonly Tool[] = [
  {
    name: 'sqlx',
    version: VERSIONS.sqlx,
    install: cargo,
    beside,
    command: (installed) => `${join(installed, 'migrate')} sqlx`,
    write: ({ name, up, down = [], bare }, place) => [
      {
        path: `migrations/${timestamp(place)}_${name}.up.sql`,
        text: `${bare ? '-- no-transaction\n' : ''}${sqlText(up)}`,
      },
      { path: `migrations/${timestamp(place)}_${name}.down.sql`, text: sqlText(down) },
    ],
  },
  {
    name: 'refinery',
    version: VERSIONS.refinery,
    install: cargo,
    beside,
    command: (installed) => `${join(installed, 'migrate')} refinery`,
    write: ({ name, up, bare }, place) =>
      bare ? undefined : [{ path: `migrations/V${place}__${name}.sql`, text: sqlText(up) }],
  },
];

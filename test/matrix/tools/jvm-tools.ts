import { join } from 'node:path';
import { delivered } from './install.ts';
import { sqlText, type Tool } from './tool.ts';

const VERSIONS = { flyway: '13.12.1', driver: '42.7.7' };

const dependency = (group: string, artifact: string, version: string): string =>
  `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`;

/** Flyway's own library, as an application starts it. */
const MAIN = `import org.flywaydb.core.Flyway;
import org.flywaydb.database.postgresql.PostgreSQLConfigurationExtension;

public class Migrate {
  public static void main(String[] args) {
    var flyway = Flyway.configure()
        .dataSource(System.getenv("JDBC_URL"), System.getenv("PGUSER"), System.getenv("PGPASSWORD"))
        .locations("filesystem:migrations");
    flyway.getConfigurationExtension(PostgreSQLConfigurationExtension.class).setTransactionalLock(false);
    flyway.load().migrate();
  }
}
`;

const maven = delivered({
  name: 'maven',
  files: [
    {
      path: 'pom.xml',
      text: `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>tried</groupId><artifactId>tried</artifactId><version>1</version><dependencies>
${dependency('org.flywaydb', 'flyway-core', VERSIONS.flyway)}
${dependency('org.flywaydb', 'flyway-database-postgresql', VERSIONS.flyway)}
${dependency('org.postgresql', 'postgresql', VERSIONS.driver)}
</dependencies></project>
`,
    },
    { path: 'Migrate.java', text: MAIN },
  ],
  commands: [
    ['mvn', '-q', '-B', 'dependency:copy-dependencies', '-DoutputDirectory=lib'],
    ['javac', '-cp', 'lib/*', '-d', 'lib', 'Migrate.java'],
  ],
});

export const JVM_TOOLS: readonly Tool[] = [
  {
    name: 'Flyway',
    version: VERSIONS.flyway,
    install: maven,
    command: (installed) => `java -cp '${join(installed, 'lib')}/*:${join(installed, 'lib')}' Migrate`,
    write: ({ name, up, bare }, place) => {
      const path = `migrations/V${place}__${name}.sql`;
      const conf = { path: `${path}.conf`, text: 'executeInTransaction=false\n' };
      return [{ path, text: sqlText(up) }, ...(bare ? [conf] : [])];
    },
  },
];

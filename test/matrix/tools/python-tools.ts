import { join } from 'node:path';
import { delivered } from './install.ts';
import { sqlText, type Tool } from './tool.ts';

const VERSIONS = { alembic: '1.20.1', django: '5.2.19', yoyo: '9.0.0', driver: '2.9.13', psycopg: '3.3.9' };

const pip = delivered({
  name: 'python',
  files: [],
  commands: [
    // Where it will be, since its programs name their interpreter by its path.
    ['python3', '-m', 'venv', '--copies', '.'],
    [
      ...(['bin/pip', 'install', '--quiet', '--disable-pip-version-check'] as const),
      `alembic==${VERSIONS.alembic}`,
      `django==${VERSIONS.django}`,
      `yoyo-migrations==${VERSIONS.yoyo}`,
      `psycopg2-binary==${VERSIONS.driver}`,
      `psycopg[binary]==${VERSIONS.psycopg}`,
      'setuptools<81',
    ],
  ],
});

const python = (installed: string): string => join(installed, 'bin/python');

/** Python's own spelling of a text. */
const quoted = (text: string): string => JSON.stringify(text);

export const PYTHON_TOOLS: readonly Tool[] = [
  {
    name: 'yoyo',
    version: VERSIONS.yoyo,
    install: pip,
    refused: ['BEGIN … COMMIT of its own'],
    command: (installed) =>
      `${python(installed)} -m yoyo apply --batch --no-config-file --database "$DATABASE_URL" migrations`,
    write: ({ name, up, down = [], bare }, place) => [
      {
        path: `migrations/000${place}.${name}.sql`,
        text: `${bare ? '-- transactional: false\n' : '-- depends:\n'}\n${sqlText(up)}`,
      },
      { path: `migrations/000${place}.${name}.rollback.sql`, text: sqlText(down) },
    ],
  },
  {
    name: 'Alembic',
    version: VERSIONS.alembic,
    install: pip,
    isCode: true,
    command: (installed) => `${python(installed)} -m alembic upgrade head`,
    beside: () => [
      { path: 'alembic.ini', text: '[alembic]\nscript_location = alembic\n' },
      {
        path: 'alembic/env.py',
        text: `import os
from alembic import context
from sqlalchemy import create_engine
with create_engine(os.environ["DATABASE_URL"]).connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
`,
      },
    ],
    write: ({ name, up }, place) => [
      {
        path: `alembic/versions/${place}_${name}.py`,
        text: `from alembic import op
revision = "${place}"
down_revision = ${place === 1 ? 'None' : quoted(String(place - 1))}
def upgrade():
${up.map((statement) => `    op.execute(${quoted(statement)})\n`).join('')}`,
      },
    ],
  },
  {
    name: 'Django',
    version: VERSIONS.django,
    install: pip,
    isCode: true,
    command: (installed) => `${python(installed)} manage.py migrate --no-input`,
    beside: () => [
      {
        path: 'manage.py',
        text: `import os, sys
from django.conf import settings
settings.configure(
    INSTALLED_APPS=["shop"],
    DATABASES={"default": {"ENGINE": "django.db.backends.postgresql", "HOST": os.environ["PGHOST"], "PORT": os.environ["PGPORT"],
        "USER": os.environ["PGUSER"], "PASSWORD": os.environ["PGPASSWORD"], "NAME": os.environ["PGDATABASE"]}},
)
from django.core.management import execute_from_command_line
execute_from_command_line(sys.argv)
`,
      },
      { path: 'shop/__init__.py', text: '' },
      { path: 'shop/migrations/__init__.py', text: '' },
    ],
    write: ({ up }, place) => [
      {
        path: `shop/migrations/000${place}_next.py`,
        text: `from django.db import migrations
class Migration(migrations.Migration):
    dependencies = [${place === 1 ? '' : `("shop", "000${place - 1}_next")`}]
    operations = [${up.map((statement) => `migrations.RunSQL(${quoted(statement)})`).join(', ')}]
`,
      },
    ],
  },
];

import { readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

/** What Node.js starts by path: each becomes a file of that name. */
const PROGRAMS = { main: 'scripts/cli/main.ts', 'load-worker': 'scripts/load/worker.ts' };

/** What must stay where it lies: it finds files beside itself, or is native. */
const UNBUNDLED = ['esbuild', 'libpg-query', 'pg-native', 'pino', 'ssh2', 'tsx', 'typescript'];
const UNBUNDLED_SCOPES = ['@grpc/*', '@pulumi/*'];

/**
 * Compiles the programs and all that they import into a few files in `folder`, which start several times as fast as the hundreds they
 * are made of. Modules take themselves to lie where they were written.
 * @param {string} root the checkout
 * @param {string} folder
 * @param {{ rootUrl: string, asInstalled?: boolean }} options `rootUrl`: an expression for where the sources lie when the code runs;
 *   `asInstalled`: sources are JavaScript there, and packages are installed beside them
 * @returns {Promise<string[]>} the files it was made of, relative to the root
 */
export async function compile(root, folder, { rootUrl, asInstalled = false }) {
  const { build, stop } = await import('esbuild');
  try {
    const { metafile } = await build({
      entryPoints: Object.entries(PROGRAMS).map(([out, source]) => ({ in: join(root, source), out })),
      absWorkingDir: root,
      outdir: folder,
      tsconfig: join(root, 'tsconfig.json'),
      ...{ bundle: true, splitting: true, format: 'esm', platform: 'node', target: 'node20', metafile: true },
      ...{ minifyWhitespace: true, minifySyntax: true, sourcemap: !asInstalled, sourcesContent: false },
      ...(asInstalled ? { packages: 'external' } : { external: [...UNBUNDLED, ...UNBUNDLED_SCOPES] }),
      banner: { js: banner(rootUrl) },
      define: { 'import.meta.url': 'ownUrl', 'import.meta.dirname': 'ownDirname' },
      plugins: [modulesKnowTheirPlace(root, asInstalled)],
      logLevel: 'silent',
    });
    return Object.keys(metafile.inputs).filter((input) => !input.startsWith('<'));
  } finally {
    await stop(); // its service would live as long as this process
  }
}

/** CommonJS packages ask for `require`; `compiledFolder` is read by scripts/shared/places/own-files.mjs. */
function banner(rootUrl) {
  return [
    "import{createRequire as makeRequire}from'node:module'",
    'const require=makeRequire(import.meta.url)',
    "const compiledFolder=new URL('.',import.meta.url).href",
    `const sourcesUrl=${rootUrl};`,
  ].join(';');
}

function modulesKnowTheirPlace(root, asInstalled) {
  return {
    name: 'modules-know-their-place',
    setup(build) {
      build.onLoad({ filter: /\.(ts|tsx|mjs|js)$/ }, async ({ path }) => {
        const text = await readFile(path, 'utf8');
        if (!text.includes('import.meta.')) return undefined;
        const source = relative(root, path);
        const place = asInstalled ? source.replace(/\.tsx?$/, '.js') : source;
        const own =
          `const ownUrl=new URL(${JSON.stringify(place)},sourcesUrl).href,` +
          `ownDirname=decodeURIComponent(new URL(${JSON.stringify(`${dirname(place)}/`)},sourcesUrl).pathname);`;
        return { contents: own + text, loader: /\.(tsx?)$/.exec(path)?.[1] ?? 'js' };
      });
    },
  };
}

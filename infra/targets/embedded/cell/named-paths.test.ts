import { expect, it } from 'vitest';
import { namedPaths } from './named-paths.ts';

it('takes the absolute paths of settings that name software, and of LD_LIBRARY_PATH', () => {
  const settings = [
    { name: 'dynamic_library_path', value: '$libdir:/opt/ext/lib' },
    { name: 'Shared_Preload_Libraries', value: 'auto_explain, "/opt/x/y.so"' },
    { name: 'extension_control_path', value: '$system:/' },
    { name: 'log_directory', value: '/var/log' },
  ];
  expect(namedPaths(settings, '/a/lib::/b')).toEqual(['/a/lib', '/b', '/opt/ext/lib', '/opt/x/y.so']);
  expect(namedPaths([])).toEqual([]);
});

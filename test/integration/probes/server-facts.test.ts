import { expect, it } from 'vitest';
import { readSettings } from '../../../scripts/engine/settings.ts';
import { startTestDatabase } from '../../support/database.ts';

it('shows the settings that the app lives under, not those that the tool gives itself', async () => {
  const settings = [
    { name: 'statement_timeout', value: '400ms' },
    { name: 'lock_timeout', value: '300ms' },
  ];
  const database = await startTestDatabase(settings);
  try {
    const { settings: shown } = await readSettings(database.endpoint, settings);
    expect(shown.slice(0, 2).map((one) => [one.asked, one.shown])).toEqual([
      ['400ms', '400ms'],
      ['300ms', '300ms'],
    ]);
  } finally {
    await database.stop();
  }
});

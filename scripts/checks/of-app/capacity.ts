import { HEALTHY_SHARE } from '../../artifacts/capacity.ts';
import { formatCount, plural } from '../../shared/text/format.ts';
import { capacityShare } from '../analysis/traffic/capacity-share.ts';
import { NOTHING, type Check } from '../check.ts';

export const capacity: Check = {
  id: 'capacity',
  title: 'The load left the app room to spare',
  failureTitle: 'The load was close to all that the app can do',
  needs: ['load'],
  unit: '%',
  limit: HEALTHY_SHARE * 100,
  budget: null,
  run({ evidence }) {
    const event = evidence.load?.find(({ type }) => type === 'capacity');
    if (event?.type !== 'capacity') {
      return { ...NOTHING, title: 'What the app can do was not measured before the run' };
    }
    const { ratePerSec } = evidence.run.load;
    const share = capacityShare(evidence) ?? 0;
    const measured = share * 100;
    if (share <= HEALTHY_SHARE) return { measured, findings: [] };
    const message =
      `The load of ${formatCount(ratePerSec)} requests/s is ${event.isBelow === true ? 'more than ' : ''}${measured.toFixed(0)} % of what the app could do before the run ` +
      `(${event.isBelow === true ? 'less than ' : ''}${formatCount(Math.round(event.perSec))}/s over ${plural(event.connections, 'connection')}): above ${HEALTHY_SHARE * 100} % requests wait for each other without any migration.`;
    return {
      measured,
      findings: [
        {
          status: 'warn',
          measured,
          budget: HEALTHY_SHARE * 100,
          message,
          advice: 'Lower load.rate, or give the database more processors and the load more connections.',
        },
      ],
    };
  },
};

import { Flex, Text } from '@backstage/ui';
import type { Progress as Told, Week } from '../api/types';
import { exact } from '../parts/words';
import { halfLife, net, weekByWeek } from './progressWords';
import styles from './Progress.module.css';

const PITCH = 33;
const BAR = 24;
const TALLEST = 60;
const LINE = 14;

/** Whether we are getting better: a sentence, and what was opened and closed week by week. */
export const Progress = ({ progress }: { progress: Told }) => (
  <section aria-labelledby="callboard-progress">
    <Flex direction="column" gap="2">
      <Text as="h2" variant="title-x-small" weight="bold" id="callboard-progress">
        Are we getting better?
      </Text>
      <ProgressWords progress={progress} />
      {progress.weeks.length > 0 && <Bars weeks={progress.weeks} />}
    </Flex>
  </section>
);

/** The same in a sentence or two. */
export const ProgressWords = ({ progress }: { progress: Told }) => (
  <Text as="p" variant="body-small" color="secondary" style={{ margin: 0 }}>
    {progress.weeks.length > 0 && `${net(progress.weeks)} `}
    {halfLife(progress)}
  </Text>
);

/** Opened above one line and closed below it, so that nothing is told by colour alone; every number is written out. */
const Bars = ({ weeks }: { weeks: readonly Week[] }) => {
  const most = Math.max(1, ...weeks.flatMap(each => [each.opened, each.closed]));
  const long = (n: number) => (n ? Math.max(1, Math.round((n * TALLEST) / most)) : 0);
  const width = PITCH * weeks.length;
  const line = 2 * LINE + Math.max(...weeks.map(each => long(each.opened)));
  const height = line + Math.max(...weeks.map(each => long(each.closed))) + 3 * LINE + 4;
  return (
    <svg className={styles.flow} width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={weekByWeek(weeks)}>
      <text x={0} y={LINE - 3}>
        opened
      </text>
      {weeks.map((each, at) => {
        const up = long(each.opened);
        const down = long(each.closed);
        const x = at * PITCH + (PITCH - BAR) / 2;
        const middle = at * PITCH + PITCH / 2;
        return (
          <g key={each.starts_at}>
            <rect className={styles.opened} x={x} y={line - up} width={BAR} height={up} />
            <text x={middle} y={line - up - 3} textAnchor="middle">
              {short(each.opened)}
            </text>
            <rect className={styles.closed} x={x} y={line} width={BAR} height={down} />
            <text x={middle} y={line + down + 11} textAnchor="middle">
              {short(each.closed)}
            </text>
          </g>
        );
      })}
      <line className={styles.axis} x1={0} x2={width} y1={line} y2={line} />
      <text x={0} y={height - LINE - 3}>
        closed
      </text>
      <text x={0} y={height - 2}>
        from {exact(weeks[0].starts_at).replace(/ \d+:\d+ UTC$/, '')}
      </text>
      <text x={width} y={height - 2} textAnchor="end">
        this week
      </text>
    </svg>
  );
};

/** A number that fits over a bar. */
function short(n: number): string {
  return n < 10_000 ? String(n) : `${Math.floor(n / 1_000)}k`;
}

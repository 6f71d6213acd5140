/** The service's severities, worst first. `unknown` is one that the source did not tell, and stands above low. */
export const SEVERITIES = ['critical', 'high', 'medium', 'unknown', 'low', 'info'] as const;

export type Severity = (typeof SEVERITIES)[number];

/** The letter that goes with the shape and the colour. */
export const LETTER: Record<Severity, string> = {
  critical: 'C',
  high: 'H',
  medium: 'M',
  unknown: '?',
  low: 'L',
  info: 'I',
};

/** A word of the service as a severity; one that this version does not know is unknown, never low. */
export function severityOf(word: string): Severity {
  return (SEVERITIES as readonly string[]).includes(word) ? (word as Severity) : 'unknown';
}

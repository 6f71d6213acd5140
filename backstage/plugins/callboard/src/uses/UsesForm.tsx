import { Button, SearchField } from '@backstage/ui';
import { type FormEvent, useState } from 'react';
import type { Asked } from './address';
import styles from './UsesForm.module.css';

/** The box that takes a package, and two days for the past. */
export const UsesForm = ({ asked, onAsk }: { asked: Asked; onAsk: (asked: Asked) => void }) => {
  const [written, setWritten] = useState(asked);
  const [known, setKnown] = useState(asked);
  if (known.package !== asked.package || known.from !== asked.from || known.to !== asked.to) {
    // Not in an effect: that may come after somebody has begun to type.
    setKnown(asked);
    setWritten(asked);
  }
  const set = (change: Partial<Asked>) => setWritten({ ...written, ...change });
  const ask = (event: FormEvent) => {
    event.preventDefault();
    onAsk(written);
  };
  return (
    <form role="search" aria-label="Who uses a package" onSubmit={ask} className={styles.form}>
      <div className={styles.package}>
        <SearchField
          label="Package"
          description="NAME, NAME@RANGE or a package URL"
          value={written.package}
          onChange={value => set({ package: value })}
        />
      </div>
      <Day label="On, or from" value={written.from} onChange={value => set({ from: value })} />
      <Day label="To" value={written.to} onChange={value => set({ to: value })} />
      <Button type="submit" size="small" variant="primary">
        Look
      </Button>
    </form>
  );
};

const Day = ({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }) => (
  <label className={styles.day}>
    {label}
    <input type="date" value={value} onChange={event => onChange(event.target.value)} />
  </label>
);

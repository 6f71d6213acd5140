import { renderInTestApp } from '@backstage/frontend-test-utils';
import { screen } from '@testing-library/react';
import { changes, writes } from '../../dev/made';
import { Changes } from './Changes';
import { Written } from './Written';

describe('what to change', () => {
  it('is told with its command, its lines and the owners’ runbook', async () => {
    await renderInTestApp(<Changes guidance={changes()} />);
    expect(await screen.findByText('npm install lodash@4.17.21')).toBeInTheDocument();
    expect(screen.getByText(/"lodash": "4.17.21"/)).toBeInTheDocument();
    expect(screen.getByText('npm ls lodash').tagName).toBe('CODE');
    expect(screen.getByRole('link', { name: /Runbook of checkout-api/ })).toHaveAttribute(
      'href',
      'https://runbooks.example/checkout',
    );
  });

  it('leads nowhere but to pages', async () => {
    const made = changes();
    await renderInTestApp(
      <Changes guidance={{ changes: [], runbooks: [{ ...made.runbooks[0], url: 'data:text/html,no' }] }} />,
    );
    expect(screen.queryByRole('link')).toBeNull();
  });
});

describe('what was written where a finding came from', () => {
  it('is told with what became of it, in the source’s own words', async () => {
    await renderInTestApp(<Written writes={writes()} source="Wiz" />);
    expect(await screen.findByText(/Status set to in progress: refused. Wiz says: Not allowed for this service account/)).toBeInTheDocument();
    expect(screen.getByText(/Note added: written/)).toBeInTheDocument();
  });
});

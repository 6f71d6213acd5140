import { renderInTestApp, TestApiProvider } from '@backstage/frontend-test-utils';
import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { failing, service } from '../../dev/service';
import { me, said } from '../../dev/made';
import { callboardApiRef, type CallboardApi } from '../api/CallboardApi';
import { SayWhose } from './SayWhose';

const PATIENCE = { timeout: 20_000 };

const show = (api: CallboardApi) =>
  renderInTestApp(
    <TestApiProvider apis={[[callboardApiRef, api]]}>
      <SayWhose component="component:default/cart" resource="r-1" source="wiz" />
    </TestApiProvider>,
  );

async function sayIt(reason: string) {
  await userEvent.click(await screen.findByRole('button', { name: 'Not cart\'s' }, PATIENCE));
  await userEvent.type(screen.getByRole('textbox'), reason);
  await userEvent.click(screen.getByRole('button', { name: 'Say so' }));
}

describe('whose it is', () => {
  it('not ours is said with a reason, tells what followed, and is taken back', async () => {
    const told: unknown[] = [];
    await show(
      service({
        notOurs: async word => {
          told.push(word);
          return said({ id: 9, moved_findings: 2 });
        },
        undo: async id => {
          told.push(id);
          return said({ id });
        },
      }),
    );
    await sayIt('moved to ledger');
    expect(await screen.findByText(/2 findings moved/, undefined, PATIENCE)).toBeInTheDocument();
    await userEvent.click(screen.getByRole('button', { name: 'Undo' }));
    expect(await screen.findByText('Taken back.', undefined, PATIENCE)).toBeInTheDocument();
    expect(told).toEqual([{ component: 'component:default/cart', resource: 'r-1', source: 'wiz', reason: 'moved to ledger' }, 9]);
  });

  it('is confirmed with one press, and taken back', async () => {
    const told: unknown[] = [];
    await show(
      service({
        confirm: async word => {
          told.push(word);
          return said({ id: 8, moved_findings: 0 });
        },
        undo: async id => {
          told.push(id);
          return said({ id });
        },
      }),
    );
    await userEvent.click(await screen.findByRole('button', { name: "It is cart's" }, PATIENCE));
    expect(await screen.findByText("Said that it is cart's.", undefined, PATIENCE)).toBeInTheDocument();
    await userEvent.click(screen.getByRole('button', { name: 'Undo' }));
    expect(await screen.findByText('Taken back.', undefined, PATIENCE)).toBeInTheDocument();
    expect(told).toEqual([{ component: 'component:default/cart', resource: 'r-1', source: 'wiz', reason: '' }, 8]);
  });

  it('is not offered to who has no right to decide', async () => {
    let asked = 0;
    await show(
      service({
        me: async () => {
          asked += 1;
          return me({ rights: [] });
        },
      }),
    );
    await waitFor(() => expect(asked).toBe(1), PATIENCE);
    await waitFor(() => expect(screen.queryByRole('button')).toBeNull(), PATIENCE);
  });

  it('is not offered again to who may not say it', async () => {
    await show({ ...failing('refused'), me: async () => me() });
    await sayIt('x');
    expect(await screen.findByText('It cannot be told.', undefined, PATIENCE)).toBeInTheDocument();
    expect(screen.queryByRole('button')).toBeNull();
  });
});

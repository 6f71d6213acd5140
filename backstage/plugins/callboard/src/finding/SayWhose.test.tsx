import { renderInTestApp, TestApiProvider } from '@backstage/frontend-test-utils';
import { entityRouteRef } from '@backstage/plugin-catalog-react';
import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { failing, service } from '../../dev/service';
import { explanation, findingPage, said } from '../../dev/made';
import { callboardApiRef, type CallboardApi } from '../api/CallboardApi';
import { Whose } from './Whose';

const PATIENCE = { timeout: 20_000 };

const CART = 'component:default/cart';
const full = findingPage();
const page = {
  ...full,
  resource: { ...full.resource, id: 'r-1' },
  candidates: [{ component: CART, tier: 2, text: 'named by an annotation', won: true }] as typeof full.candidates,
};
const may = (confirm: string[], deny: string[]) => async () => explanation({ may_confirm: confirm, may_deny: deny });
const answering = (some: Partial<CallboardApi>) => service({ whose: may([CART], [CART]), ...some });

const show = (api: CallboardApi) =>
  renderInTestApp(
    <TestApiProvider apis={[[callboardApiRef, api]]}>
      <Whose page={page} />
    </TestApiProvider>,
    { mountedRoutes: { '/catalog/:namespace/:kind/:name': entityRouteRef } },
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
      answering({
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
    expect(told).toEqual([{ component: 'component:default/cart', resource: 'r-1', source: 'wiz-main', reason: 'moved to ledger' }, 9]);
  });

  it('is confirmed with one press, and taken back', async () => {
    const told: unknown[] = [];
    await show(
      answering({
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
    expect(told).toEqual([{ component: 'component:default/cart', resource: 'r-1', source: 'wiz-main', reason: '' }, 8]);
  });

  it('is offered as far as the reader may say it, and told why where nothing is', async () => {
    const { unmount } = await show(answering({ whose: may([CART], []) }));
    expect(await screen.findByRole('button', { name: "It is cart's" }, PATIENCE)).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: "Not cart's" })).toBeNull();
    unmount();
    await show(answering({ whose: may([], []) }));
    expect(await screen.findByText('Its team and security can say whose it is; you may look.', undefined, PATIENCE)).toBeInTheDocument();
    expect(screen.queryByRole('button')).toBeNull();
  });

  it('is not offered, nor asked for, in a portal that passes no changes', async () => {
    await show(
      answering({
        passesChanges: () => false,
        whose: () => {
          throw new Error('asked for');
        },
      }),
    );
    expect(await screen.findByText(/This portal only shows/, undefined, PATIENCE)).toBeInTheDocument();
    expect(screen.queryByRole('button')).toBeNull();
  });

  it('is not offered again to who may not say it', async () => {
    await show({ ...failing('refused'), whose: may([CART], [CART]) });
    await sayIt('x');
    expect(await screen.findByText('It cannot be told.', undefined, PATIENCE)).toBeInTheDocument();
    expect(screen.queryByRole('button')).toBeNull();
  });
});

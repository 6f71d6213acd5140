import { renderInTestApp, TestApiProvider } from '@backstage/frontend-test-utils';
import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { riskRegister } from '../../dev/madePackages';
import { service } from '../../dev/service';
import { type CallboardApi, callboardApiRef } from '../api/CallboardApi';
import { CallboardError } from '../api/errors';
import { PortalSafety } from './PortalSafety';

const PATIENCE = { timeout: 20_000 };

const show = (api: CallboardApi, at = '/?tab=portal') =>
  renderInTestApp(
    <TestApiProvider apis={[[callboardApiRef, api]]}>
      <PortalSafety />
    </TestApiProvider>,
    { initialRouteEntries: [at] },
  );

describe('portal safety', () => {
  it('tells each risk in the register’s order, with what to do next, the reasons and the places', async () => {
    await show(service());
    const list = await screen.findByRole('list', { name: 'Risks, the gravest first' }, PATIENCE);
    const [first, second] = within(list).getAllByRole('listitem').filter(each => each.parentElement === list);
    expect(first).toHaveTextContent('flatmap-stream 0.1.1 was made to harm');
    expect(first).toHaveTextContent('Take event-stream, which brings it, out of @acme/pager-tools.');
    expect(first).toHaveTextContent('yarn.lock:88');
    expect(second).toHaveTextContent('9 of 125, 6 to 15 · likelihood 1 × exposure 2 to 5 × blast radius 3');
    expect(second).toHaveTextContent('set nowhere');
    await userEvent.click(within(second).getByText('Why, and 1 place'));
    expect(within(second).getByText('Nobody told who reaches the portal.')).toBeVisible();
    expect(screen.getByText('1 thing could not be judged, and is not called good')).toBeInTheDocument();
  });

  it('leads to each portal that was judged, and asks about the one in the address', async () => {
    const asked: (string | undefined)[] = [];
    const portalRisks: CallboardApi['portalRisks'] = async name => {
      asked.push(name);
      return riskRegister({ portal: name ?? 'acme-portal', portals: ['acme-portal', 'other'] });
    };
    await show(service({ portalRisks }), '/?tab=portal&portal=other');
    const portals = await screen.findByRole('navigation', { name: 'Portals' }, PATIENCE);
    expect(within(portals).getByRole('link', { name: 'other' })).toHaveAttribute('aria-current', 'page');
    await userEvent.click(within(portals).getByRole('link', { name: 'acme-portal' }));
    expect(await screen.findByText(/^acme-portal: 2 risks/, undefined, PATIENCE)).toBeInTheDocument();
    expect(asked).toEqual(['other', 'acme-portal']);
  });

  it('tells who may not see it so, in the service’s words, and shows nothing', async () => {
    const refused = new CallboardError('refused', 'You may not see it.', { hint: 'It is for security.' });
    await show(service({ portalRisks: () => Promise.reject(refused) }));
    expect(await screen.findByText(/You may not see it\. It is for security\./, undefined, PATIENCE)).toBeInTheDocument();
    expect(screen.queryByRole('alert')).toBeNull();
    expect(screen.queryByRole('list')).toBeNull();
  });
});

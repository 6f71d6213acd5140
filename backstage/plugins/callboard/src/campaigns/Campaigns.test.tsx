import { renderInTestApp, TestApiProvider } from '@backstage/frontend-test-utils';
import { entityRouteRef } from '@backstage/plugin-catalog-react';
import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { campaign, campaignPage, late, over } from '../../dev/madeCampaigns';
import { service } from '../../dev/service';
import { type CallboardApi, callboardApiRef } from '../api/CallboardApi';
import { Campaigns } from './Campaigns';

const PATIENCE = { timeout: 20_000 };

const show = (some: Partial<CallboardApi>, owner?: string) =>
  renderInTestApp(
    <TestApiProvider apis={[[callboardApiRef, service(some)]]}>
      <Campaigns owner={owner} hrefOf={query => `/callboard?q=${encodeURIComponent(query)}`} />
    </TestApiProvider>,
    { mountedRoutes: { '/catalog/:namespace/:kind/:name': entityRouteRef } },
  );

const to = (query: string) => `/callboard?q=${encodeURIComponent(query)}`;

describe('campaigns', () => {
  it('each leads to its findings, and every number to exactly those that it counts', async () => {
    await show({ campaigns: async () => ({ campaigns: [campaign(), late(), over()] }) });
    const list = await screen.findByRole('list', { name: 'Campaigns that run' }, PATIENCE);
    const [first, second] = within(list).getAllByRole('listitem');
    expect(within(first).getByRole('link', { name: 'No critical one before the launch' })).toHaveAttribute('href', to('campaign:3'));
    expect(within(first).getByRole('link', { name: '12 left for you of 40' })).toHaveAttribute('href', to('campaign:3 is:open'));
    expect(within(first).getByRole('link', { name: '25 fixed' })).toHaveAttribute('href', to('campaign:3 is:fixed'));
    expect(within(first).getByRole('link', { name: 'checkout' })).toHaveAttribute('href', '/catalog/default/group/checkout');
    expect(second).toHaveTextContent(/its last day, .* has passed/);
    await userEvent.click(screen.getByText('1 campaign is over'));
    const ended = screen.getByRole('list', { name: 'Campaigns that are over' });
    expect(ended).toHaveTextContent(/over since .* nobody sees to it/);
  });

  it('of a team are those that it sees to', async () => {
    const others = campaign({ id: 9, name: 'Of others', owner: 'group:default/payments' });
    await show({ campaigns: async () => ({ campaigns: [campaign(), others] }) }, 'group:default/payments');
    expect(await screen.findByRole('link', { name: 'Of others' }, PATIENCE)).toBeInTheDocument();
    expect(screen.queryByRole('link', { name: 'No critical one before the launch' })).toBeNull();
  });

  it('how one goes is asked for when somebody opens it, and told as a plot in words and as a table', async () => {
    const asked: number[] = [];
    await show({
      campaigns: async () => ({ campaigns: [campaign()] }),
      campaign: async id => {
        asked.push(id);
        return campaignPage();
      },
    });
    const summary = await screen.findByText(/^How/, undefined, PATIENCE);
    expect(asked).toEqual([]);
    await userEvent.click(summary);
    expect(await screen.findByRole('img', { name: /^Left: 40 at the end of the first day, 12 after 20 days\./ }, PATIENCE)).toBeInTheDocument();
    const table = screen.getByRole('table', { name: 'No critical one before the launch, day by day' });
    expect(within(table).getAllByRole('row')).toHaveLength(8);
    expect(asked).toEqual([3]);
  });
});

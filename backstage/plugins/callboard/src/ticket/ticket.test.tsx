import { renderInTestApp, TestApiProvider } from '@backstage/frontend-test-utils';
import { entityRouteRef } from '@backstage/plugin-catalog-react';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { ReactElement } from 'react';
import { bundle, finding, findingPage, me } from '../../dev/made';
import { filed, ticket, trackers } from '../../dev/madeTickets';
import { service } from '../../dev/service';
import { type CallboardApi, callboardApiRef } from '../api/CallboardApi';
import type { TicketDraft } from '../api/types';
import FindingDrawer from '../finding/FindingDrawer';
import { FindingsPanel } from '../list/FindingsPanel';
import { filedWords } from './words';

const PATIENCE = { timeout: 20_000 };

const show = (element: ReactElement, some: Partial<CallboardApi>) =>
  renderInTestApp(<TestApiProvider apis={[[callboardApiRef, service(some)]]}>{element}</TestApiProvider>, {
    mountedRoutes: { '/catalog/:namespace/:kind/:name': entityRouteRef },
  });

const drawer = <FindingDrawer id={17} onClose={() => {}} />;
const panel = <FindingsPanel usual="is:open" about={{ entityRef: 'component:default/cart', term: 'component:cart', name: 'cart' }} />;
const press = async (name: string | RegExp) => userEvent.click(await screen.findByRole('button', { name }, PATIENCE));

describe('tickets', () => {
  it('one is linked to a finding, which is then read anew, and taken away', async () => {
    const heard: unknown[] = [];
    let has = [ticket({ id: 4, key: 'acme/shop#1' })];
    await show(drawer, {
      finding: async () => findingPage({ finding: finding({ filed: has }) }),
      fileTicket: async draft => {
        heard.push(draft);
        has = [...has, ticket()];
        return filed(draft, { findings: 1 });
      },
      unlinkTicket: async (id, of) => {
        heard.push([id, of]);
        has = has.filter(each => each.id !== id);
        return { findings: 1 };
      },
    });
    await press('Change tickets');
    await userEvent.type(await screen.findByRole('textbox', { name: /^Key or address/ }, PATIENCE), ' acme/security#7 ');
    await press('Link it');
    expect(await screen.findByText('1 finding has the ticket acme/security#7.', undefined, PATIENCE)).toBeInTheDocument();
    await press('Without acme/security#7');
    expect(await screen.findByText('1 finding without this ticket now.', undefined, PATIENCE)).toBeInTheDocument();
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Without acme/security#7' })).toBeNull(), PATIENCE);
    expect(heard).toEqual([{ finding: 17, ticket: 'acme/security#7' }, [5, 17]]);
  });

  it('one is made for a piece of work from its row, which says so then', async () => {
    const heard: TicketDraft[] = [];
    await show(panel, {
      bundles: async query => ({ query, bundles: [bundle({ filed: heard.length ? [ticket()] : [] })], total: 1, next_cursor: null }),
      fileTicket: async draft => {
        heard.push(draft);
        return filed(draft);
      },
    });
    await press(`Ticket: ${bundle().title}`);
    await press('Create ticket');
    const dialog = await screen.findByRole('dialog', undefined, PATIENCE);
    expect(await within(dialog).findByText('3 findings have a ticket, which is being made in security.', undefined, PATIENCE)).toBeInTheDocument();
    expect(heard).toEqual([{ q: bundle().query, tracker: undefined }]);
    await userEvent.keyboard('{Escape}');
    expect(await screen.findByRole('link', { name: 'acme/security#7' }, PATIENCE)).toBeInTheDocument();
  });

  it.each<[string, Partial<CallboardApi>]>([
    ['may not decide', { me: async () => me({ rights: [] }) }],
    ['has no tracker', { me: async () => me({ tracked: false }) }],
    ['may decide about others', { finding: async () => findingPage({ may: [] }) }],
  ])('who %s is offered none', async (_, some) => {
    await show(drawer, { tickets: async () => trackers(), ...some });
    expect(await screen.findByText('Whose is it?', undefined, PATIENCE)).toBeInTheDocument();
    await waitFor(() => expect(screen.queryByText('Loading findings…')).toBeNull(), PATIENCE);
    expect(screen.queryByRole('button', { name: /ticket/i })).toBeNull();
  });

  it.each([
    [{ ticket: ticket(), findings: 1, is_new: true }, '1 finding has the ticket acme/security#7.'],
    [{ ticket: ticket(), findings: 2, is_new: false }, '2 more findings have the ticket acme/security#7.'],
    [{ ticket: ticket(), findings: 0, is_new: false }, 'Nothing new: there is the ticket acme/security#7 for all of it already.'],
  ])('%o is told', (done, words) => {
    expect(filedWords(done)).toBe(words);
  });
});

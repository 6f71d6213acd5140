import { renderInTestApp, TestApiProvider } from '@backstage/frontend-test-utils';
import { entityRouteRef } from '@backstage/plugin-catalog-react';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useLocation } from 'react-router-dom';
import { decided, decision, finding, findingPage, listed, me } from '../../dev/made';
import { service } from '../../dev/service';
import { type CallboardApi, callboardApiRef } from '../api/CallboardApi';
import { CallboardError } from '../api/errors';
import type { DecisionDone, DecisionDraft } from '../api/types';
import FindingDrawer from '../finding/FindingDrawer';
import { FindingsPanel } from '../list/FindingsPanel';

const PATIENCE = { timeout: 20_000 };
const USUAL = 'component:cart is:open sort:do-now';

const at = (element: JSX.Element, api: CallboardApi, path = '/') =>
  renderInTestApp(<TestApiProvider apis={[[callboardApiRef, api]]}>{element}</TestApiProvider>, {
    mountedRoutes: { '/catalog/:namespace/:kind/:name': entityRouteRef },
    initialRouteEntries: [path],
  });

const drawer = (api: CallboardApi) => at(<FindingDrawer id={17} onClose={() => {}} />, api);
const list = (api: CallboardApi, path = '/?view=findings') =>
  at(<FindingsPanel usual={USUAL} about={{ entityRef: 'component:default/cart', term: 'component:cart', name: 'cart' }} />, api, path);

/** A service that keeps what was said to it. */
function listening(some: Partial<CallboardApi> = {}, answer?: (draft: DecisionDraft) => Promise<DecisionDone>) {
  const heard: { draft: DecisionDraft; key: string }[] = [];
  const api = service({
    ...some,
    decide: async (draft, key) => {
      heard.push({ draft, key });
      return answer ? answer(draft) : decided(draft);
    },
  });
  return { api, heard };
}

const press = async (name: string | RegExp) => userEvent.click(await screen.findByRole('button', { name }, PATIENCE));

const refusing = (words: string) => async () => {
  throw new CallboardError('conflict', words, { hint: 'Look again.' });
};

/** As the service would answer it after somebody has taken it. */
const taken = (by: string) =>
  findingPage({
    finding: finding({ taken_by: by }),
    said: [decision({ actor: by, to: by })],
    may: ['assign', 'snooze', 'dismiss', 'ask', 'not-useful', 'comment'],
    may_undo: [31],
    seen: 31,
  });

describe('what is said about one finding', () => {
  it('is taken with what the reader has seen of it, shown as it then is, and taken back', async () => {
    let isTaken = false;
    const { api, heard } = listening({
      finding: async () => (isTaken ? taken('user:default/ben.otto') : findingPage({ seen: 30 })),
    });
    const usual = api.decide;
    api.decide = (draft, key) => {
      isTaken = draft.act === 'take';
      return usual(draft, key);
    };
    await drawer(api);
    await press('Take');
    expect(await screen.findByText(/1 finding taken\./, undefined, PATIENCE)).toBeInTheDocument();
    expect(await screen.findByText('taken by ben.otto', undefined, PATIENCE)).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: 'Take' })).toBeNull();
    await press('Undo');
    expect(await screen.findByText('Taken back.', undefined, PATIENCE)).toBeInTheDocument();
    expect(await screen.findByRole('button', { name: 'Take' }, PATIENCE)).toBeInTheDocument();
    expect(heard.map(each => each.draft)).toEqual([
      { act: 'take', findings: [17], seen: 30 },
      { act: 'undo', of: 32 },
    ]);
    expect(heard[0].key).not.toBe(heard[1].key);
  });

  it('is dismissed with a reason, and not without', async () => {
    const { api, heard } = listening();
    await drawer(api);
    const choices = await screen.findByRole('group', { name: 'What to say about it' }, PATIENCE);
    await userEvent.click(await within(choices).findByRole('button', { name: 'Dismiss' }, PATIENCE));
    const form = await screen.findByRole('form', { name: 'Dismiss' }, PATIENCE);
    await userEvent.click(within(form).getByRole('button', { name: 'Dismiss' }));
    expect(within(form).getByRole('alert')).toHaveTextContent('Say why.');
    expect(heard).toEqual([]);
    await userEvent.click(within(form).getByRole('button', { name: /Reason/ }));
    await userEvent.click(await screen.findByRole('option', { name: 'not used' }, PATIENCE));
    await userEvent.click(within(form).getByRole('button', { name: /Why it is not affected/ }));
    await userEvent.click(await screen.findByRole('option', { name: 'component not present' }, PATIENCE));
    await userEvent.type(within(form).getByRole('textbox', { name: /^Why/ }), 'It is not linked.');
    await userEvent.click(within(form).getByRole('button', { name: 'Dismiss' }));
    expect(await screen.findByText(/1 finding dismissed\./, undefined, PATIENCE)).toBeInTheDocument();
    expect(heard.map(each => each.draft)).toEqual([
      { act: 'dismiss', reason: 'not-used', justification: 'component-not-present', note: 'It is not linked.', findings: [17], seen: 0 },
    ]);
  });

  it('that somebody was quicker is told in place, with who it was, and shown after another look', async () => {
    let isTaken = false;
    const { api } = listening(
      { finding: async () => (isTaken ? taken('user:default/ana.ruiz') : findingPage()) },
      refusing('Somebody else has taken it: user:default/ana.ruiz.'),
    );
    await drawer(api);
    await press('Take');
    expect(await screen.findByText(/Nothing was said\. Somebody else has taken it: user:default\/ana\.ruiz\./, undefined, PATIENCE)).toBeInTheDocument();
    isTaken = true;
    await press('Look again');
    expect(await screen.findByText('taken by ana.ruiz', undefined, PATIENCE)).toBeInTheDocument();
    expect(screen.queryByText(/Nothing was said/)).toBeNull();
    expect(screen.queryByRole('button', { name: 'Take' })).toBeNull();
  });

  it('what found no answer is sent again as it was, with its key', async () => {
    let isThere = false;
    const { api, heard } = listening({}, async draft => {
      if (!isThere) {
        throw new CallboardError('unreachable', 'Callboard does not answer.');
      }
      return decided(draft);
    });
    await drawer(api);
    await press('Take');
    expect(await screen.findByText(/It is not known whether that was said\./, undefined, PATIENCE)).toBeInTheDocument();
    isThere = true;
    await press('Try again');
    expect(await screen.findByText(/1 finding taken\./, undefined, PATIENCE)).toBeInTheDocument();
    expect(heard).toHaveLength(2);
    expect(heard[1]).toEqual(heard[0]);
  });

  it('a risk is agreed to by who may and did not ask', async () => {
    const { api, heard } = listening({
      finding: async () => findingPage({ said: [decision({ act: 'ask', note: 'It retires.' })], may: ['comment', 'accept'], may_undo: [] }),
    });
    await drawer(api);
    expect(await screen.findByText(/It retires\./, undefined, PATIENCE)).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: /^Undo/ })).toBeNull();
    await press('Agree');
    await waitFor(() => expect(heard.map(each => each.draft)).toEqual([{ act: 'accept', of: 31 }]), PATIENCE);
  });

  it.each([
    ['a portal that only shows', { passesChanges: () => false }, /^This portal only shows: what to do/],
    ['who has no right to', { me: async () => me({ rights: [] }) }, /^You may look at it\./],
    ['who only sees it', { finding: async () => findingPage({ may: [] }) }, /^You may look at it\./],
  ] as [string, Partial<CallboardApi>, RegExp][])('%s is offered nothing, and told why', async (_, some, words) => {
    await drawer(service(some));
    expect(await screen.findByText(words, undefined, PATIENCE)).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: 'Take' })).toBeNull();
  });
});

describe('what is said in a list', () => {
  const two = [finding({ id: 17, title: 'first' }), finding({ id: 18, title: 'second' })];

  it('a finding is taken by a key at once, and taken back by another', async () => {
    const { api, heard } = listening({ findings: async query => listed(query, two, { seen: 5 }) });
    await list(api);
    const user = userEvent.setup();
    const row = (await screen.findAllByRole('row', undefined, PATIENCE)).find(each => within(each).queryByText('first'))!;
    await waitFor(() => expect(screen.getAllByRole('checkbox').length).toBeGreaterThan(0), PATIENCE);
    row.focus();
    await user.keyboard('a');
    expect(await screen.findByText(/1 finding taken\./, undefined, PATIENCE)).toBeInTheDocument();
    await user.keyboard('u');
    expect(await screen.findByText('Taken back.', undefined, PATIENCE)).toBeInTheDocument();
    expect(heard.map(each => each.draft)).toEqual([{ act: 'take', findings: [17], seen: 5 }, { act: 'undo', of: 32 }]);
    await user.keyboard('u');
    expect(await screen.findByText(/Nothing was said here in the last 10 seconds/, undefined, PATIENCE)).toBeInTheDocument();
  });

  it('what was put off leaves the list at once, and is there again when that is refused', async () => {
    let refuse: (error: Error) => void = () => {};
    const { api } = listening({ findings: async query => listed(query, two) }, () => new Promise((_, no) => (refuse = no)));
    await list(api);
    const user = userEvent.setup();
    const row = (await screen.findAllByRole('row', undefined, PATIENCE)).find(each => within(each).queryByText('first'))!;
    await waitFor(() => expect(screen.getAllByRole('checkbox').length).toBeGreaterThan(0), PATIENCE);
    row.focus();
    await user.keyboard('h');
    const form = await screen.findByRole('form', { name: 'Snooze' }, PATIENCE);
    await user.click(within(form).getByRole('button', { name: 'Snooze' }));
    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull(), PATIENCE);
    expect(screen.queryByRole('row', { name: /first/ })).toBeNull();
    expect(screen.getByRole('row', { name: /second/ })).toBeInTheDocument();
    refuse(new CallboardError('conflict', 'Somebody has said something about it meanwhile: user:default/ana.ruiz.'));
    expect(await screen.findByRole('row', { name: /first/ }, PATIENCE)).toBeInTheDocument();
    expect(screen.getByText(/Nothing was said\. Somebody has said something about it meanwhile/)).toBeInTheDocument();
  });

  it('a piece of work is looked at before anything is said about all of it; who was left out is told', async () => {
    const { api, heard } = listening(
      { findings: async query => listed(query, two, { total: 14, seen: 9 }) },
      async draft =>
        decided(draft, {
          findings: [17],
          left_out: [{ finding: 18, why: 'taken', words: 'Somebody else has taken it: user:default/ana.ruiz.', by: 'user:default/ana.ruiz' }],
          left_out_count: 1,
        }),
    );
    await list(api, '/');
    await press('Decide: Upgrade log4j-core to 2.17.1');
    const dialog = await screen.findByRole('dialog', undefined, PATIENCE);
    expect(await within(dialog).findByText('14 findings', undefined, PATIENCE)).toBeInTheDocument();
    expect(within(dialog).getByText('and 12 more')).toBeInTheDocument();
    await userEvent.click(within(dialog).getByRole('button', { name: 'Take' }));
    expect(await within(dialog).findByText('1 finding taken. 1 was left out.', undefined, PATIENCE)).toBeInTheDocument();
    expect(within(dialog).getByText('#18: Somebody else has taken it: user:default/ana.ruiz.')).toBeInTheDocument();
    expect(heard.map(each => each.draft)).toEqual([
      { act: 'take', q: 'bundle:log4j-core is:open sort:do-now', count: 14, seen: 9 },
    ]);
  });

  it('rows are marked by a key, and what is said is about all of them', async () => {
    const { api, heard } = listening({ findings: async query => listed(query, two, { seen: 5 }) });
    await list(api);
    const user = userEvent.setup();
    const row = (await screen.findAllByRole('row', undefined, PATIENCE)).find(each => within(each).queryByText('first'))!;
    await waitFor(() => expect(screen.getAllByRole('checkbox').length).toBeGreaterThan(0), PATIENCE);
    row.focus();
    await user.keyboard('xjx');
    expect(await screen.findByText('2 rows selected', undefined, PATIENCE)).toBeInTheDocument();
    await user.keyboard('a');
    const dialog = await screen.findByRole('dialog', undefined, PATIENCE);
    await user.click(await within(dialog).findByRole('button', { name: 'Take' }, PATIENCE));
    await waitFor(() => expect(heard.map(each => each.draft)).toEqual([{ act: 'take', findings: [17, 18], seen: 5 }]), PATIENCE);
    expect(await screen.findByText('2 findings taken.', undefined, PATIENCE)).toBeInTheDocument();
  });

  it('g and a letter lead to the component of the row, and say where there is no team', async () => {
    const Where = () => <output>{useLocation().pathname}</output>;
    await at(
      <>
        <FindingsPanel usual={USUAL} about={{ entityRef: 'component:default/cart', term: 'component:cart', name: 'cart' }} />
        <Where />
      </>,
      service({ findings: async query => listed(query, two) }),
      '/?view=findings',
    );
    const user = userEvent.setup();
    const row = (await screen.findAllByRole('row', undefined, PATIENCE)).find(each => within(each).queryByText('first'))!;
    row.focus();
    await user.keyboard('gt');
    expect(await screen.findByText('No team is named here.', undefined, PATIENCE)).toBeInTheDocument();
    await user.keyboard('gc');
    await waitFor(() => expect(document.querySelector('output')).toHaveTextContent('/catalog/default/component/checkout-api'), PATIENCE);
  });

  it('whose it is, is a key away', async () => {
    await list(service({ findings: async query => listed(query, two) }));
    const user = userEvent.setup();
    const row = (await screen.findAllByRole('row', undefined, PATIENCE)).find(each => within(each).queryByText('first'))!;
    row.focus();
    await user.keyboard('n');
    const dialog = await screen.findByRole('dialog', undefined, PATIENCE);
    expect(await within(dialog).findByRole('button', { name: "Not checkout-api's" }, PATIENCE)).toBeInTheDocument();
  });
});

import { renderInTestApp } from '@backstage/frontend-test-utils';
import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Keyed } from './Keyed';

const PATIENCE = { timeout: 20_000 };

const show = () =>
  renderInTestApp(
    <>
      <button type="button">elsewhere</button>
      <Keyed>
        <input type="search" aria-label="question" />
        <ol>
          {['one', 'two', 'three'].map(each => (
            <li key={each} data-row>
              <a href={`#${each}`}>{each}</a>
              {each !== 'two' && (
                <a href="#source" target="_blank" onClick={event => followed.push((event.target as HTMLElement).textContent!)}>
                  source of {each}
                </a>
              )}
            </li>
          ))}
        </ol>
      </Keyed>
    </>,
  );

let followed: string[] = [];
const focused = () => document.activeElement?.textContent;

describe('keys in a list', () => {
  beforeEach(() => {
    followed = [];
    localStorage.clear();
  });

  it('j and k go from row to row and stay at the ends; o goes to the source; / goes to the question', async () => {
    await show();
    const user = userEvent.setup();
    (await screen.findByRole('link', { name: 'one' }, PATIENCE)).focus();
    await user.keyboard('j');
    expect(focused()).toBe('two');
    await user.keyboard('o');
    expect(followed).toEqual([]);
    expect(screen.getByText(/This row has no link to its source/)).toBeInTheDocument();
    await user.keyboard('jjj');
    expect(focused()).toBe('three');
    await user.keyboard('o');
    expect(followed).toEqual(['source of three']);
    await user.keyboard('kkkk');
    expect(focused()).toBe('one');
    await user.keyboard('/');
    expect(screen.getByRole('searchbox')).toHaveFocus();
    await user.keyboard('jo?');
    expect(screen.getByRole('searchbox')).toHaveValue('jo?');
  });

  it('count nowhere else, and not together with other keys', async () => {
    await show();
    const user = userEvent.setup();
    const elsewhere = await screen.findByRole('button', { name: 'elsewhere' }, PATIENCE);
    elsewhere.focus();
    await user.keyboard('j');
    expect(elsewhere).toHaveFocus();
    screen.getByRole('link', { name: 'one' }).focus();
    await user.keyboard('{Control>}j{/Control}');
    expect(focused()).toBe('one');
  });

  it('are told by ?, and can be switched off', async () => {
    await show();
    const user = userEvent.setup();
    (await screen.findByRole('link', { name: 'one' }, PATIENCE)).focus();
    await user.keyboard('?');
    const box = await screen.findByRole('checkbox', { name: 'Single letters are keys' }, PATIENCE);
    await user.click(box);
    await user.keyboard('{Escape}');
    screen.getByRole('link', { name: 'one' }).focus();
    await user.keyboard('j');
    expect(focused()).toBe('one');
    expect(screen.getByRole('button', { name: 'Keys' })).toBeInTheDocument();
  });
});

import { renderInTestApp, TestApiProvider } from '@backstage/frontend-test-utils';
import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { componentPackages, sbom } from '../../dev/madePackages';
import { service } from '../../dev/service';
import { type CallboardApi, callboardApiRef } from '../api/CallboardApi';
import { ComponentPackages } from './ComponentPackages';

const PATIENCE = { timeout: 20_000 };

const show = (api: CallboardApi, ways: { findings?: string; uses?: string } = {}) =>
  renderInTestApp(
    <TestApiProvider apis={[[callboardApiRef, api]]}>
      <ComponentPackages entityRef="component:default/cart" {...ways} />
    </TestApiProvider>,
  );

describe('the packages of a component', () => {
  it('leads to who else uses one, and to the findings about it', async () => {
    await show(service(), { findings: '/cart/callboard', uses: '/callboard' });
    const table = await screen.findByRole('table', { name: 'Packages, the worst first' }, PATIENCE);
    const [, bad, weak, quiet] = within(table).getAllByRole('row');
    expect(within(bad).getByRole('link', { name: 'flatmap-stream' })).toHaveAttribute(
      'href',
      '/callboard?tab=who-uses&package=pkg%3Anpm%2Fflatmap-stream%400.1.1',
    );
    expect(bad).toHaveTextContent('made to harm');
    expect(within(weak).getByRole('link', { name: 'CVE-2021-23337' })).toHaveAttribute(
      'href',
      '/cart/callboard?q=component%3Acart+CVE-2021-23337&view=findings',
    );
    expect(weak).toHaveTextContent('and 1 more');
    expect(quiet).toHaveTextContent('nothing known');
    expect(screen.getByRole('link', { name: 'what to do about it' })).toHaveAttribute('href', expect.stringContaining('source%3Apackages'));
  });

  it('links nowhere in a portal that has neither', async () => {
    await show(service());
    expect(await screen.findByText('flatmap-stream', undefined, PATIENCE)).toBeInTheDocument();
    expect(screen.queryByRole('link')).toBeNull();
  });

  it('goes on where the page before ended', async () => {
    const starts: (number | undefined)[] = [];
    const packages: CallboardApi['packages'] = async (_, options) => {
      starts.push(options?.start);
      return options?.start
        ? componentPackages({ packages: [{ ...componentPackages().packages[0], purl: 'pkg:npm/last@1.0.0', name: 'last' }] })
        : componentPackages({ next_start: 50 });
    };
    await show(service({ packages }));
    await userEvent.click(await screen.findByRole('button', { name: 'Show more' }, PATIENCE));
    expect(await screen.findByText('last', undefined, PATIENCE)).toBeInTheDocument();
    expect(starts).toEqual([0, 50]);
    expect(screen.queryByRole('button', { name: 'Show more' })).toBeNull();
  });

  it('asks for no packages where nothing is known of them', async () => {
    const packages = jest.fn();
    const missing = { reason: 'no-manifest', sentence: 'There is no file that names packages.' };
    await show(service({ packages, sbom: async () => sbom({ missing, manifests: [], packages: 0 }) }));
    expect(await screen.findByText('Not known', undefined, PATIENCE)).toBeInTheDocument();
    expect(screen.getByText('callboard sbom push . --component component:default/cart')).toBeInTheDocument();
    expect(packages).not.toHaveBeenCalled();
  });
});

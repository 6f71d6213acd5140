import { renderInTestApp, TestApiProvider } from '@backstage/frontend-test-utils';
import { screen } from '@testing-library/react';
import { findingPage } from '../../dev/made';
import { service } from '../../dev/service';
import { callboardApiRef } from '../api/CallboardApi';
import { Whose } from './Whose';

const base = {
  image: 'registry.example/acme/cart',
  base: 'registry.example/acme/base',
  inherited: true,
  builders: [],
  runners: [],
  why_not: null,
};

const show = (page = findingPage()) =>
  renderInTestApp(
    <TestApiProvider apis={[[callboardApiRef, service({})]]}>
      <Whose page={{ ...page, candidates: [] }} />
    </TestApiProvider>,
  );

describe('a finding that came with a base image', () => {
  it('is told as inherited, and for whom it is to fix', async () => {
    await show(findingPage({ base }));
    expect(await screen.findByText(/Inherited from the base image registry.example\/acme\/base/)).toHaveTextContent(
      'a component that you may not see to fix',
    );
  });

  it('stays with who runs it where nobody else answers for the base', async () => {
    await show(findingPage({ base: { ...base, inherited: false, why_not: 'untrusted' } }));
    expect(await screen.findByText('The evidence is not recorded.')).toBeInTheDocument();
    expect(screen.queryByText(/Inherited/)).toBeNull();
  });
});

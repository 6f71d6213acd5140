import { act, render, screen, waitFor } from '@testing-library/react';
import { useCallback, useRef } from 'react';
import { useFocusKept } from './useFocusKept';

const Rows = ({ names }: { names: string[] }) => {
  const frame = useRef<HTMLDivElement>(null);
  const rows = useCallback(() => [...(frame.current?.querySelectorAll('button') ?? [])], []);
  const target = useCallback((row: Element) => row as HTMLElement, []);
  useFocusKept(frame, rows, target);
  return (
    <div ref={frame}>
      {names.map(name => (
        <button key={name} type="button">
          {name}
        </button>
      ))}
    </div>
  );
};

describe('the focus in a list', () => {
  it('goes to the row that takes the place of the one that went', async () => {
    const { rerender } = render(<Rows names={['a', 'b', 'c']} />);
    act(() => screen.getByText('b').focus());
    rerender(<Rows names={['a', 'c']} />);
    await waitFor(() => expect(screen.getByText('c')).toHaveFocus());
  });

  it('goes there as well when the row went while a dialog had the focus', async () => {
    const { rerender } = render(<Rows names={['a', 'b', 'c']} />);
    act(() => screen.getByText('b').focus());
    const dialog = document.body.appendChild(document.createElement('div'));
    const say = dialog.appendChild(document.createElement('button'));
    act(() => say.focus());
    rerender(<Rows names={['a', 'c']} />);
    await act(async () => {});
    expect(say).toHaveFocus();
    act(() => dialog.remove());
    await waitFor(() => expect(screen.getByText('c')).toHaveFocus());
  });
});

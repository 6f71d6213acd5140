import { render, screen } from '@testing-library/react';
import SafeMarkdown from './SafeMarkdown';

const HOSTILE = [
  '# Head',
  'Before <script>alert(1)</script> <img src="https://evil.example/a.png" onerror="alert(1)"> <b onclick="x()">bold</b>',
  '![a picture](https://evil.example/b.png)',
  '[click](javascript:alert(1)) [good](https://good.example/) [http](http://evil.example/)',
  '<iframe src="https://evil.example/"></iframe>',
  '| a | b |\n| --- | --- |\n| 1 | 2 |',
].join('\n\n');

describe('guidance of others', () => {
  it('runs nothing, loads nothing and leads to web pages only', () => {
    const { container } = render(<SafeMarkdown text={HOSTILE} />);
    expect(container.querySelectorAll('script, img, iframe, b, [onclick], [onerror], h1')).toHaveLength(0);
    const links = [...container.querySelectorAll('a')];
    expect(links.map(each => each.getAttribute('href'))).toEqual(['https://good.example/']);
    expect(links[0]).toHaveAttribute('rel', 'noopener noreferrer');
    expect(links[0]).toHaveAttribute('target', '_blank');
    expect(screen.getByText('a picture')).toBeInTheDocument();
    expect(screen.getByText('Head')).toBeInTheDocument();
    expect(container.querySelector('td')).toHaveTextContent('1');
  });

  it('is cut where nobody reads on', () => {
    const { container } = render(<SafeMarkdown text={'x'.repeat(60_000)} />);
    expect(container.textContent).toHaveLength(50_000);
  });
});

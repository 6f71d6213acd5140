import ReactMarkdown, { type Components } from 'react-markdown';
import remarkGfm from 'remark-gfm';
import { safeLink } from './links';
import styles from './SafeMarkdown.module.css';

/** Longer guidance is cut; nobody reads it here. */
const MOST = 50_000;

const ELEMENTS = ['p', 'strong', 'em', 'del', 'code', 'pre', 'ul', 'ol', 'li', 'a', 'br', 'hr', 'blockquote'];
const TABLES = ['table', 'thead', 'tbody', 'tr', 'th', 'td'];
const HEADINGS = ['h1', 'h2', 'h3', 'h4', 'h5', 'h6'] as const;

const heading: Components['h1'] = ({ children }) => (
  <p>
    <strong>{children}</strong>
  </p>
);

const components: Components = {
  ...Object.fromEntries(HEADINGS.map(each => [each, heading])),
  // No picture is fetched from anywhere.
  img: ({ alt }) => <>{alt}</>,
  a: ({ href, children }) => {
    const safe = safeLink(href);
    return safe ? (
      <a href={safe} target="_blank" rel="noopener noreferrer">
        {children}
      </a>
    ) : (
      <>{children}</>
    );
  },
};

/** Guidance that somebody else wrote: text stays text, links lead to web pages only, nothing is loaded. */
export const SafeMarkdown = ({ text }: { text: string }) => (
  <ReactMarkdown
    className={styles.prose}
    remarkPlugins={[remarkGfm]}
    allowedElements={[...ELEMENTS, ...TABLES, ...HEADINGS, 'img']}
    unwrapDisallowed
    components={components}
  >
    {text.slice(0, MOST)}
  </ReactMarkdown>
);

export default SafeMarkdown;

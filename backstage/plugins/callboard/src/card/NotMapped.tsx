import { Text } from '@backstage/ui';
import type { ComponentPage } from '../api/types';
import styles from './NotMapped.module.css';

/** Nobody can tell which findings belong here: said, with what to add. Never a zero. */
export const NotMapped = ({ annotations }: { annotations: ComponentPage['annotations'] }) => {
  const lost = annotations.filter(each => each.dangling);
  return (
    <>
      <Text weight="bold">Not mapped</Text>
      {lost.length > 0 ? (
        <Text>
          {lost.map(each => `${each.key}: ${each.value}`).join(', ')} matches nothing at any source. Correct it in the
          component&apos;s catalog file.
        </Text>
      ) : (
        <Text>
          Nobody can tell which findings belong here. Who owns it adds the Wiz project to the component&apos;s catalog
          file:
        </Text>
      )}
      {lost.length === 0 && (
        <pre className={styles.patch}>
          <code>{'metadata:\n  annotations:\n    wiz.io/project-id: <id of the project>'}</code>
        </pre>
      )}
    </>
  );
};

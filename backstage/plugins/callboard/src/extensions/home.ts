import type { ExtensionDefinition } from '@backstage/frontend-plugin-api';
import { HomePageWidgetBlueprint } from '@backstage/plugin-home-react/alpha';

/** The reader's own findings on the portal's home page. */
export const homeWidget: ExtensionDefinition = HomePageWidgetBlueprint.make({
  name: 'my-findings',
  params: {
    name: 'MyCallboardFindings',
    title: 'My security findings',
    description: 'What to do first among the findings that you own.',
    components: () => import('../home/MyFindings').then(m => ({ Content: m.Content })),
    layout: { width: { minColumns: 4 }, height: { minRows: 4 } },
  },
});

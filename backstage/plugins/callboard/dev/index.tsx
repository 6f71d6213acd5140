/** Every scene as a page of its own: `npm start` in this folder. */
import '@backstage/cli/asset-types';
import { Content, Header, Link, Page } from '@backstage/core-components';
import { attachComponentData } from '@backstage/core-plugin-api';
import { createDevApp } from '@backstage/dev-utils';
import { entityRouteRef } from '@backstage/plugin-catalog-react';
import { TestApiProvider } from '@backstage/test-utils';
import { createRoot } from 'react-dom/client';
import { callboardApiRef } from '../src/api/CallboardApi';
import type { Scene } from './scene';
import { scenes } from './scenes';

const ScenePage = ({ scene: { name, api, element } }: { scene: Scene }) => (
  <Page themeId="tool">
    <Header title={name} />
    <Content>
      <TestApiProvider key={name} apis={[[callboardApiRef, api]]}>{element}</TestApiProvider>
    </Content>
  </Page>
);

/** Links to entities lead somewhere. */
const EntityPage = () => <p>The page of an entity.</p>;
attachComponentData(EntityPage, 'core.mountPoint', entityRouteRef);

const pathOf = (scene: Scene) => `/${scene.name.replace(/\W+/g, '-').toLocaleLowerCase('en-US')}`;

const addressOf = (scene: Scene) => `${pathOf(scene)}${(scene.at ?? '/').slice(1)}`;

const AllScenes = () => (
  <Page themeId="tool">
    <Header title="Scenes" />
    <Content>
      <ul>
        {scenes.map(scene => (
          <li key={scene.name}>
            <Link to={addressOf(scene)}>{scene.name}</Link>
          </li>
        ))}
      </ul>
    </Content>
  </Page>
);

const app = createDevApp().addPage({ path: '/', title: 'Scenes', element: <AllScenes /> });
for (const scene of scenes) {
  const path = pathOf(scene);
  app.addPage({ path, element: <ScenePage scene={scene} /> });
}

/** For whoever opens them one after another: where each is, and the words by which it is complete. */
Object.assign(window, {
  scenes: scenes.map(scene => ({
    name: scene.name,
    address: addressOf(scene),
    says: typeof scene.says === 'string' ? scene.says.replace(/[.*+?^${}()|[\]\\]/g, '\\$&') : scene.says.source,
  })),
});

const App = app.addPage({ path: '/catalog/:namespace/:kind/:name', element: <EntityPage /> }).build();
createRoot(document.getElementById('root')!).render(<App />);

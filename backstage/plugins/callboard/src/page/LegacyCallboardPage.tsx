import { Content, Header, Page } from '@backstage/core-components';
import { CallboardPage } from './CallboardPage';

/** The page with the frame that the legacy frontend system leaves to each page. */
export const LegacyCallboardPage = () => (
  <Page themeId="tool">
    <Header title="Callboard" />
    <Content>
      <CallboardPage />
    </Content>
  </Page>
);

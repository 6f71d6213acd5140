import { EntityAboutCard, EntityLayout, EntitySwitch, isKind } from '@backstage/plugin-catalog';
import {
  EntityCallboardCard,
  EntityCallboardContent,
  EntityCallboardPackages,
  isCallboardAvailable,
} from '@callboard/backstage-plugin-callboard/legacy';
import Grid from '@material-ui/core/Grid';

// One layout for every kind: this portal shows the plugin, not how a portal tells its kinds apart.
export const entityPage = (
  <EntityLayout>
    <EntityLayout.Route path="/" title="Overview">
      <Grid container spacing={3} alignItems="stretch">
        <Grid item md={6}>
          <EntityAboutCard />
        </Grid>
        <EntitySwitch>
          <EntitySwitch.Case if={isCallboardAvailable}>
            <Grid item md={6}>
              <EntityCallboardCard />
            </Grid>
          </EntitySwitch.Case>
        </EntitySwitch>
      </Grid>
    </EntityLayout.Route>
    <EntityLayout.Route path="/callboard" title="Security findings" if={isCallboardAvailable}>
      <EntityCallboardContent />
    </EntityLayout.Route>
    <EntityLayout.Route path="/callboard-packages" title="Packages" if={isKind('component')}>
      <EntityCallboardPackages />
    </EntityLayout.Route>
  </EntityLayout>
);

import type { ConfigApi, DiscoveryApi, FetchApi, IdentityApi } from '@backstage/core-plugin-api';
import { parseEntityRef } from '@backstage/catalog-model';
import type { CallboardApi } from './CallboardApi';
import { CallboardError, failureOf } from './errors';
import { MOST, Rows } from './rows';
import type {
  Bundles,
  CampaignPage,
  Campaigns,
  ComponentPackages,
  ComponentPage,
  ComponentRow,
  ComponentSbom,
  DecisionDone,
  DecisionDraft,
  DoNow,
  Explained,
  Explanation,
  Facets,
  FindingPage,
  Findings,
  RiskRegister,
  Me,
  Rollup,
  SaidWord,
  SbomCoverage,
  Sources,
  TicketDone,
  TicketDraft,
  Tickets,
  Unlinked,
  UsesQuestion,
  WhoseQuestion,
  WhoUses,
  WordDraft,
} from './types';

interface Problem {
  title?: string;
  detail?: string;
  hint?: string;
  request_id?: string;
}

type Parameters = Record<string, string | number | string[] | undefined>;

/**
 * Asks the service through the portal's proxy with the reader's own token, or directly where `callboard.baseUrl` says so.
 *
 * @public
 */
export class CallboardClient implements CallboardApi {
  private readonly rows: Rows;
  private isRefusedChanges = false;

  constructor(
    private readonly apis: { configApi: ConfigApi; discoveryApi: DiscoveryApi; fetchApi: FetchApi; identityApi: IdentityApi },
  ) {
    this.rows = new Rows(async refs => {
      const page = await this.get<{ components: ComponentRow[] }>('components', { ref: refs, limit: MOST });
      return page.components;
    });
  }

  /** {@inheritDoc CallboardApi.row} */
  row(entityRef: string, signal?: AbortSignal): Promise<ComponentRow | undefined> {
    return this.rows.row(entityRef, signal);
  }

  /** {@inheritDoc CallboardApi.component} */
  component(entityRef: string): Promise<ComponentPage> {
    return this.get<ComponentPage>(`components/${inPath(entityRef)}`);
  }

  /** {@inheritDoc CallboardApi.rollup} */
  rollup(entityRef: string): Promise<Rollup> {
    return this.get<Rollup>(`rollups/${inPath(entityRef)}`);
  }

  /** {@inheritDoc CallboardApi.doNow} */
  doNow(about?: string): Promise<DoNow> {
    return this.get<DoNow>('do-now', { q: about });
  }

  /** {@inheritDoc CallboardApi.bundles} */
  bundles(query: string, options: { limit?: number; cursor?: string } = {}): Promise<Bundles> {
    return this.get<Bundles>('bundles', { q: query, ...options });
  }

  /** {@inheritDoc CallboardApi.findings} */
  findings(query: string, options: { limit?: number; cursor?: string } = {}): Promise<Findings> {
    return this.get<Findings>('findings', { q: query, ...options });
  }

  /** {@inheritDoc CallboardApi.explain} */
  explain(query: string): Promise<Explained> {
    return this.get<Explained>('query/explain', { q: query });
  }

  /** {@inheritDoc CallboardApi.facets} */
  facets(query: string): Promise<Facets> {
    return this.get<Facets>('facets', { q: query });
  }

  /** {@inheritDoc CallboardApi.finding} */
  finding(id: number): Promise<FindingPage> {
    return this.get<FindingPage>(`findings/${id}`);
  }

  /** {@inheritDoc CallboardApi.whose} */
  whose(resource: string, source: string): Promise<Explanation> {
    return this.get<Explanation>('ownership/explain', { id: resource, source } satisfies WhoseQuestion);
  }

  /** {@inheritDoc CallboardApi.whoUses} */
  whoUses(question: UsesQuestion): Promise<WhoUses> {
    return this.get<WhoUses>('who-uses', { ...question });
  }

  /** {@inheritDoc CallboardApi.sbomCoverage} */
  sbomCoverage(): Promise<SbomCoverage> {
    return this.get<SbomCoverage>('sbom-coverage');
  }

  /** {@inheritDoc CallboardApi.sbom} */
  sbom(entityRef: string): Promise<ComponentSbom> {
    return this.get<ComponentSbom>(`components/${inPath(entityRef)}/sbom`);
  }

  /** {@inheritDoc CallboardApi.packages} */
  packages(entityRef: string, options: { start?: number; limit?: number } = {}): Promise<ComponentPackages> {
    return this.get<ComponentPackages>(`components/${inPath(entityRef)}/packages`, options);
  }

  /** {@inheritDoc CallboardApi.portalRisks} */
  portalRisks(portal?: string): Promise<RiskRegister> {
    return this.get<RiskRegister>('portal/risks', { name: portal });
  }

  /** {@inheritDoc CallboardApi.campaigns} */
  campaigns(): Promise<Campaigns> {
    return this.get<Campaigns>('campaigns');
  }

  /** {@inheritDoc CallboardApi.campaign} */
  campaign(id: number): Promise<CampaignPage> {
    return this.get<CampaignPage>(`campaigns/${id}`);
  }

  /** {@inheritDoc CallboardApi.tickets} */
  tickets(): Promise<Tickets> {
    return this.get<Tickets>('tickets');
  }

  /** {@inheritDoc CallboardApi.passesChanges} */
  passesChanges(): boolean {
    return !this.isRefusedChanges && !this.apis.configApi.getOptionalBoolean('callboard.readOnly');
  }

  /** {@inheritDoc CallboardApi.sources} */
  sources(): Promise<Sources> {
    return this.get<Sources>('sources');
  }

  /** {@inheritDoc CallboardApi.confirm} */
  confirm(word: WordDraft): Promise<SaidWord> {
    return this.post<SaidWord>('ownership/confirm', word);
  }

  /** {@inheritDoc CallboardApi.notOurs} */
  notOurs(word: WordDraft): Promise<SaidWord> {
    return this.post<SaidWord>('ownership/not-ours', word);
  }

  /** {@inheritDoc CallboardApi.decide} */
  decide(draft: DecisionDraft, key: string): Promise<DecisionDone> {
    // Not as a header: a proxy drops what it was not told to pass.
    return this.post<DecisionDone>('decisions', { ...draft, key });
  }

  /** {@inheritDoc CallboardApi.fileTicket} */
  fileTicket(draft: TicketDraft): Promise<TicketDone> {
    return this.post<TicketDone>('tickets', draft);
  }

  /** {@inheritDoc CallboardApi.unlinkTicket} */
  unlinkTicket(ticketId: number, finding: number): Promise<Unlinked> {
    return this.post<Unlinked>(`tickets/${ticketId}/unlink`, { finding });
  }

  /** {@inheritDoc CallboardApi.me} */
  me(): Promise<Me> {
    return this.get<Me>('me');
  }

  /** {@inheritDoc CallboardApi.undo} */
  undo(decisionId: number): Promise<SaidWord> {
    return this.post<SaidWord>(`ownership/decisions/${decisionId}/undo`);
  }

  /** {@inheritDoc CallboardApi.followed} */
  followed(id: number): void {
    if (!asksNotToBeCounted() && this.passesChanges()) {
      this.post(`findings/${id}/followed`).catch(() => {});
    }
  }

  /** {@inheritDoc CallboardApi.seen} */
  seen(ids: readonly number[]): void {
    if (!asksNotToBeCounted() && this.passesChanges()) {
      // Kept alive, since mostly it is told when somebody leaves.
      this.post('seen', { findings: ids }, { keepalive: true }).catch(() => {});
    }
  }

  /** Where the service is, and what has to be sent along to be known there. */
  private async way(): Promise<{ base: string; headers: Record<string, string> }> {
    const { configApi, discoveryApi, identityApi } = this.apis;
    const direct = configApi.getOptionalString('callboard.baseUrl');
    if (direct) {
      // The portal's fetch adds the token to what goes to its own backend, and to nothing else.
      const { token } = await identityApi.getCredentials();
      return { base: direct.replace(/\/+$/, ''), headers: token ? { Authorization: `Bearer ${token}` } : {} };
    }
    const path = configApi.getOptionalString('callboard.proxyPath') ?? '/callboard';
    return { base: `${await discoveryApi.getBaseUrl('proxy')}${path}`, headers: {} };
  }

  private async get<T>(path: string, parameters: Parameters = {}): Promise<T> {
    const asked = new URLSearchParams();
    for (const [name, value] of Object.entries(parameters)) {
      for (const each of Array.isArray(value) ? value : [value]) {
        if (each !== undefined) {
          asked.append(name, String(each));
        }
      }
    }
    const query = asked.toString();
    return this.send<T>(`/api/v1/${path}${query && `?${query}`}`);
  }

  private post<T>(path: string, body?: unknown, how: RequestInit = {}): Promise<T> {
    return this.send<T>(`/api/v1/${path}`, {
      ...how,
      method: 'POST',
      body: body === undefined ? undefined : JSON.stringify(body),
      headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
    });
  }

  private async send<T>(path: string, init?: RequestInit): Promise<T> {
    let response: Response;
    try {
      const { base, headers } = await this.way();
      response = await this.apis.fetchApi.fetch(`${base}${path}`, {
        ...init,
        headers: { Accept: 'application/json', ...headers, ...init?.headers },
      });
    } catch {
      throw new CallboardError('unreachable', 'Callboard does not answer.');
    }
    if (!response.ok) {
      const problem = await problemOf(response, init?.method === 'POST');
      this.isRefusedChanges ||= problem.failure === 'read-only';
      throw problem;
    }
    try {
      return (await response.json()) as T;
    } catch {
      // A sign-in page or a proxy's own page: an answer, but not the service's.
      throw new CallboardError('broken', 'The answer is not one of Callboard.');
    }
  }
}

/** Whether this browser asks not to be tracked: Global Privacy Control, or the older Do Not Track. */
function asksNotToBeCounted(): boolean {
  const { globalPrivacyControl, doNotTrack } = navigator as Navigator & { globalPrivacyControl?: boolean };
  return globalPrivacyControl === true || doNotTrack === '1';
}

function inPath(entityRef: string): string {
  const { kind, namespace, name } = parseEntityRef(entityRef);
  return [kind, namespace, name].map(part => encodeURIComponent(part.toLocaleLowerCase('en-US'))).join('/');
}

async function problemOf(response: Response, isWriting: boolean): Promise<CallboardError> {
  const problem = (await response.json().catch(() => undefined)) as Problem | undefined;
  if (isWriting && response.status === 404 && problem?.request_id === undefined) {
    // The service always tells a request's id; a proxy that passes questions only does not reach it.
    return new CallboardError('read-only', 'This portal passes questions on, and no changes.');
  }
  const failure = failureOf(response.status);
  return new CallboardError(failure, problem?.detail ?? problem?.title ?? `The service answered ${response.status}.`, {
    hint: problem?.hint,
    requestId: problem?.request_id,
  });
}

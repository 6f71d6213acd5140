/** The service's JSON shapes, by the names of its OpenAPI document. Written nowhere else. */
import type { components, operations } from './openapi';

type Shapes = components['schemas'];

export type Bundle = Shapes['Bundle'];
export type Bundles = Shapes['Bundles'];
export type Campaign = Shapes['Campaign'];
export type CampaignDay = Shapes['CampaignDay'];
export type CampaignPage = Shapes['CampaignPage'];
export type Campaigns = Shapes['Campaigns'];
export type ComponentPackage = Shapes['ComponentPackage'];
export type ComponentPackages = Shapes['ComponentPackages'];
export type ComponentPage = Shapes['ComponentPage'];
export type ComponentRow = Shapes['Component'];
export type ComponentSbom = Shapes['ComponentSbom'];
export type Counts = Shapes['Counts'];
export type Decision = Shapes['Decision'];
export type DecisionDone = Shapes['DecisionDone'];
export type DoNow = Shapes['DoNow'];
export type Explained = Shapes['Explained'];
export type Explanation = Shapes['Explanation'];
export type Facets = Shapes['Facets'];
export type FiledTicket = Shapes['FiledTicket'];
export type Finding = Shapes['Finding'];
export type FindingPage = Shapes['FindingPage'];
export type Event = Shapes['Event'];
export type Facet = Shapes['Facet'];
export type Findings = Shapes['Findings'];
export type LeftOut = Shapes['LeftOut'];
export type Me = Shapes['Me'];
export type Numbers = Shapes['Numbers'];
export type PackageUse = Shapes['PackageUse'];
export type Progress = Shapes['Progress'];
export type RiskLine = Shapes['RiskLine'];
export type RiskRegister = Shapes['RiskRegister'];
export type Rollup = Shapes['Rollup'];
export type SaidWord = Shapes['SaidWord'];
export type SbomCoverage = Shapes['SbomCoverage'];
export type Source = Shapes['Source'];
export type Sources = Shapes['Sources'];
export type TicketDone = Shapes['TicketDone'];
export type Tickets = Shapes['Tickets'];
export type TrackerName = Shapes['TrackerName'];
export type Unlinked = Shapes['Unlinked'];
export type Week = Shapes['Week'];
export type WhoUses = Shapes['WhoUses'];
export type WordDraft = Shapes['WordDraft'];

/** Something to say about findings: the act, and what goes with it. */
export type DecisionDraft = Pick<Shapes['DecisionDraft'], 'act'> & Partial<Shapes['DecisionDraft']>;

/** A ticket to be made or linked: just one of what it is about, and where it is. */
export type TicketDraft = Partial<Shapes['TicketDraft']>;

/** Which resource is asked about. */
export type WhoseQuestion = NonNullable<operations['explainOwnership']['parameters']['query']>;

/** Which package is asked about, and at which time; an answer's pages besides. */
export type UsesQuestion = operations['whoUses']['parameters']['query'];

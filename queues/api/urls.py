"""Addresses of the API, below /api/v1/projects/<slug>/, in the order of the data's way.

A verb that is no resource stands after a colon: predictions:batch, queues/7:next, reviews/9:undo.
"""

from django.urls import include, path

from accounts import converters  # noqa: F401 - makes <id:…> known
from queues.api import (
    agreement,
    agreement_targets,
    agreement_texts,
    bulk,
    checks,
    datasets,
    definitions,
    dispute_rules,
    dry_runs,
    feedback,
    findings,
    forms,
    golden,
    links,
    lists,
    measures,
    notes,
    overrides,
    people_figures,
    policies,
    policy_looks,
    prediction_search,
    predictions,
    queues,
    rates,
    recalls,
    release_rows,
    releases,
    reviews,
    selections,
    verdicts,
    webhooks,
)

app_name = "api"

ingest = [
    path("predictions", predictions.PredictionsView.as_view()),
    path("predictions:batch", predictions.PredictionBatchView.as_view()),
    path("predictions/<id:number>", predictions.PredictionView.as_view()),
    path("predictions/<id:number>/story", predictions.PredictionStoryView.as_view()),
    path("predictions/<id:number>/similar", prediction_search.SimilarView.as_view()),
]
score = [
    path("lists", lists.ListsView.as_view()),
    path("lists:try", lists.ListTryView.as_view()),
    path("lists/<slug:name>/<id:version>", lists.ListView.as_view()),
    path("lists/<slug:name>:activate", lists.ListActivateView.as_view()),
    path("lists/<slug:name>:deactivate", lists.ListDeactivateView.as_view()),
]
feedback_of_users = [
    path("feedback", feedback.FeedbackListView.as_view()),
    path("feedback:batch", feedback.FeedbackBatchView.as_view()),
    path("feedback/<id:number>", feedback.FeedbackView.as_view()),
]
route = [
    path("policies", policies.PoliciesView.as_view()),
    path("policies:check", policy_looks.PolicyCheckView.as_view()),
    path("policies:dry-run", dry_runs.NewDryRunView.as_view()),
    path("policies/active", policies.ActivePolicyView.as_view()),
    path("policies/active/activity", policy_looks.RuleActivityView.as_view()),
    path("policies/schema", policies.PolicySchemaView.as_view()),
    path("policies/<id:version>", policies.PolicyView.as_view()),
    path("policies/<id:version>/changes", policy_looks.PolicyChangesView.as_view()),
    path("dry-runs", dry_runs.DryRunsView.as_view()),
    path("dry-runs/<id:number>", dry_runs.DryRunView.as_view()),
    path("dry-runs/<id:number>:cancel", dry_runs.CancelDryRunView.as_view()),
    path("selections", selections.SelectionsView.as_view()),
    path("selections/<id:number>", selections.SelectionView.as_view()),
    path("selections/<id:number>:cancel", selections.CancelSelectionView.as_view()),
]
assign = [
    path("bulk-changes", bulk.BulkChangesView.as_view()),
    path("bulk-changes/<id:number>", bulk.BulkChangeView.as_view()),
    path("bulk-changes/<id:number>/items", bulk.BulkChangeItemsView.as_view()),
    path("bulk-changes/<id:number>:stop", bulk.StopBulkChangeView.as_view()),
    path("bulk-changes/<id:number>:undo", bulk.UndoBulkChangeView.as_view()),
]
review = [
    path("queues", queues.QueuesView.as_view()),
    path("queues/<slug:queue_slug>", queues.QueueView.as_view()),
    path("queues/<id:queue_id>:next", reviews.NextView.as_view()),
    path("queues/<id:queue_id>/forms", forms.FormsView.as_view()),
    path("queues/<id:queue_id>/forms:check", forms.FormCheckView.as_view()),
    path("forms/<id:form_id>", forms.FormView.as_view()),
    path("schemas/form", forms.FormSchemaView.as_view()),
    path("slots/<id:slot_id>/draft", reviews.DraftView.as_view()),
    path("slots/<id:slot_id>:heartbeat", reviews.HeartbeatView.as_view()),
    path("slots/<id:slot_id>:skip", reviews.SkipView.as_view()),
    path("slots/<id:slot_id>:give-back", reviews.GiveBackView.as_view()),
    path("reviews", reviews.ReviewsView.as_view()),
    path("reviews/<id:review_id>:undo", reviews.UndoView.as_view()),
]
settle = [
    path("items", verdicts.ItemsView.as_view()),
    path("items/<id:item_id>", verdicts.ItemView.as_view()),
    path("items/<id:item_id>/notes", notes.NotesView.as_view()),
    path("mentions", notes.MentionsView.as_view()),
    path("items/<id:item_id>:settle", verdicts.SettleView.as_view()),
    path("items/<id:item_id>:reopen", verdicts.ReopenView.as_view()),
    path("queues/<id:queue_id>/checks", checks.ChecksView.as_view()),
    path("queues/<id:queue_id>/checks/people", checks.CheckPeopleView.as_view()),
    path("queues/<id:queue_id>/checks/answers", checks.CheckAnswersView.as_view()),
    path("queues/<id:queue_id>/checks/questions", checks.CheckQuestionsView.as_view()),
    path("checks/questions/<id:served_id>:reply", checks.CheckReplyView.as_view()),
    path("queues/<id:queue_id>/dispute-rule", dispute_rules.DisputeRuleView.as_view()),
    path("verdicts", verdicts.VerdictsView.as_view()),
    path("agreement", agreement.AgreementView.as_view()),
    path("agreement/targets", agreement_targets.AgreementTargetsView.as_view()),
    path("agreement/groups", agreement.AgreementGroupsView.as_view()),
    path("agreement/versions", agreement.AgreementVersionsView.as_view()),
    path("agreement/texts", agreement_texts.AgreementTextsView.as_view()),
    path("people/figures", people_figures.PeopleFiguresView.as_view()),
    path("overrides", overrides.OverridesView.as_view()),
    path("overrides/rates", overrides.OverrideRatesView.as_view()),
    path("overrides/filters", overrides.FilterRecallView.as_view()),
]
curate = [
    path("golden", golden.GoldenListView.as_view()),
    path("golden:batch", golden.GoldenBatchView.as_view()),
    path("golden:export", golden.GoldenExportView.as_view()),
    path("golden/<id:number>", golden.GoldenView.as_view()),
    path("golden/<id:number>:retire", golden.GoldenRetireView.as_view()),
    path("golden/<id:number>:restore", golden.GoldenRestoreView.as_view()),
]
export = [
    path("datasets", datasets.DatasetsView.as_view()),
    path("datasets/<slug:name>", datasets.DatasetView.as_view()),
    path("datasets/<slug:name>:rows", datasets.DatasetRowsView.as_view()),
    path("datasets/<slug:name>/versions", definitions.DefinitionsView.as_view()),
    path("datasets/<slug:name>/versions/<id:version>", definitions.DefinitionView.as_view()),
    path("datasets/<slug:name>/diff", release_rows.DiffView.as_view()),
    path("datasets/<slug:name>/releases", releases.ReleasesView.as_view()),
    path("webhooks", webhooks.WebhooksView.as_view()),
    path("webhooks/<id:number>", webhooks.WebhookView.as_view()),
    path("webhooks/<id:number>:rotate", webhooks.RotateWebhookView.as_view()),
    path("webhooks/<id:number>/deliveries", webhooks.DeliveriesView.as_view()),
    path("webhooks/<id:number>/deliveries/<id:delivery_id>:replay", webhooks.ReplayView.as_view()),
    path("recalls", recalls.RecallsView.as_view()),
    path("recalls:preview", recalls.NewRecallPreviewView.as_view()),
    path("recalls/previews/<id:number>", recalls.RecallPreviewView.as_view()),
    path("recalls/<id:number>:again", recalls.RecallAgainView.as_view()),
    path("recalls/<id:number>", recalls.RecallView.as_view()),
    path("releases/<slug:name>@<str:version>/findings", findings.FindingsView.as_view()),
    path(
        "releases/<slug:name>@<str:version>/recalls",
        recalls.ReleaseRecallsView.as_view(),
        name="release-recalls",
    ),
    path("releases/<id:release_id>/findings", findings.FindingsOfView.as_view()),
    path("releases/<id:release_id>", releases.ReleaseStatusView.as_view()),
    path("releases/<slug:name>@<str:version>", releases.ReleaseView.as_view()),
    path("releases/<slug:name>@<str:version>/rows/<str:record_id>", release_rows.ReleaseRowView.as_view()),
    path(
        "releases/<slug:name>@<str:version>/lines/<slug:split>/<id:line>",
        release_rows.RowOnLineView.as_view(),
    ),
    path("releases/<slug:name>@<str:version>/files/<str:path>:link", links.FileLinkView.as_view()),
    path(
        "releases/<slug:name>@<str:version>/files/<str:path>",
        releases.ReleaseFileView.as_view(),
        name="release-file",
    ),
]
monitor = [
    path("rates", rates.RatesView.as_view()),
    path("measures", measures.MeasuresView.as_view()),
    path("measures:refit", measures.RefitView.as_view()),
]

urlpatterns = [
    path("downloads/<str:token>/<str:path>", links.signed_download, name="signed-download"),
    path(
        "projects/<slug:slug>/",
        include(
            [
                *ingest,
                *score,
                *feedback_of_users,
                *route,
                *assign,
                *review,
                *settle,
                *curate,
                *export,
                *monitor,
            ]
        ),
    ),
]

"""Addresses of requests. They hold random references and nothing else."""

from __future__ import annotations

from django.urls import path

from applications.views import checker, documents, following, lists, page, parts, rehearsal, sending, signing, writing

app_name = "applications"
urlpatterns = [
    path("", lists.requests, name="requests"),
    path("mine/", lists.mine, name="mine"),
    path("waiting/", lists.waiting, name="waiting"),
    path("new/", writing.new, name="new"),
    path("new/child/", writing.new_child, name="new_child"),
    path("needs-panel/", checker.checker, name="checker"),
    path("needs-panel/start/", checker.checker_start, name="checker_start"),
    path("rehearsal/", rehearsal.rehearsal, name="rehearsal"),
    path("<slug:reference>/", page.the_request, name="request"),
    path("<slug:reference>/<slug:tab>/tab/", page.the_request, name="tab"),
    path("<slug:reference>/tasks/", writing.tasks, name="tasks"),
    path("<slug:reference>/child/", writing.child, name="child"),
    path("<slug:reference>/edit/<slug:group>/", writing.group, name="group"),
    path("<slug:reference>/keep/<slug:group>/", writing.keep, name="keep"),
    path("<slug:reference>/discard/<slug:group>/", writing.discard, name="discard"),
    path("<slug:reference>/rows/<slug:part>/add/", parts.add, name="add_row"),
    path("<slug:reference>/rows/<slug:part>/<int:pk>/", parts.edit, name="row"),
    path("<slug:reference>/rows/<slug:part>/<int:pk>/remove/", parts.remove, name="remove_row"),
    path("<slug:reference>/documents/", documents.add, name="documents"),
    path("<slug:reference>/documents/<slug:document>/", documents.open_document, name="document"),
    path("<slug:reference>/documents/<slug:document>/remove/", documents.remove, name="remove_document"),
    path("<slug:reference>/check/", sending.check, name="check"),
    path("<slug:reference>/sign/", signing.sign, name="sign"),
    path("<slug:reference>/return/", signing.give_back, name="give_back"),
    path("<slug:reference>/withdraw/", following.withdraw, name="withdraw"),
    path("<slug:reference>/agree/", following.agree, name="agree"),
    path("<slug:reference>/accept/", following.accept, name="accept"),
    path("<slug:reference>/reopen/", following.reopen, name="reopen"),
]

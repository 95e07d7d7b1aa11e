"""Addresses of agendas, meetings, decisions and what follows; sheets and the check of a sheet are in `sheets`."""

from __future__ import annotations

from django.urls import path

from decisions.urls.outside import urlpatterns as outside_addresses
from decisions.urls.sheets import urlpatterns as sheet_addresses
from decisions.views import afterwards, agenda, costs, decide, disputes, duties, live, minutes

app_name = "decisions"
urlpatterns = [
    path("meetings/", agenda.meetings, name="meetings"),
    path("meetings/<slug:reference>/agenda/", agenda.agenda, name="agenda"),
    path("meetings/<slug:reference>/agenda/begin", agenda.begin, name="agenda_begin"),
    path("meetings/<slug:reference>/agenda/change", agenda.change, name="agenda_change"),
    path("meetings/<slug:reference>/agenda/add/", agenda.proposals, name="agenda_proposals"),
    path("meetings/<slug:reference>/agenda/add/<slug:application>", agenda.put, name="agenda_put"),
    path("meetings/<slug:reference>/agenda/review/<int:number>", agenda.put_review, name="agenda_put_review"),
    path("meetings/<slug:reference>/agenda/publish", agenda.publish, name="agenda_publish"),
    path("meetings/<slug:reference>/agenda/<int:number>/", agenda.version, name="agenda_version"),
    path("meetings/<slug:reference>/run/", live.run, name="run"),
    path("meetings/<slug:reference>/run/<slug:item>/", live.run_item, name="run_item"),
    path("meetings/<slug:reference>/run/<slug:item>/part/<slug:name>", live.part, name="run_part"),
    path("meetings/<slug:reference>/shared/", live.safe, name="run_safe"),
    path("meetings/<slug:reference>/version", live.version, name="live_version"),
    path("meetings/<slug:reference>/attendance/", live.attendance, name="attendance"),
    path("meetings/<slug:reference>/chair", live.chair, name="chair"),
    path("meetings/<slug:reference>/minutes/", minutes.minutes, name="minutes"),
    path("meetings/<slug:reference>/do/<slug:step>", live.meeting_step, name="meeting_step"),
    path("items/<slug:item>/do/<slug:step>", live.item_step, name="item_step"),
    path("items/<slug:item>/note", live.note, name="item_note"),
    path("items/<slug:item>/interest", live.interest, name="item_interest"),
    path("items/<slug:item>/interests/", live.interests, name="item_interests"),
    path("items/<slug:item>/carry", live.carry, name="item_carry"),
    path("items/<slug:item>/draft", decide.draft, name="item_draft"),
    path("items/<slug:item>/decide", decide.decide, name="item_decide"),
    path("decisions/<slug:reference>/", minutes.decision, name="decision"),
    path("decisions/<slug:reference>/sign", minutes.sign, name="decision_sign"),
    path("decisions/<slug:reference>/correct/", decide.correct, name="decision_correct"),
    path("decisions/<slug:reference>/conditions/<int:number>/met", afterwards.condition_met, name="condition_met"),
    path("decisions/<slug:reference>/duties/<int:number>/done", duties.done, name="duty_done"),
    path("costs/", costs.costs, name="costs"),
    path("costs/<slug:reference>", costs.confirm, name="cost_record"),
    path("decisions/<slug:reference>/disagree", disputes.raised, name="dispute_raise"),
    path("decisions/<slug:reference>/disagree/<int:number>/end", disputes.ended, name="dispute_end"),
    path("decisions/<slug:reference>/approve/<slug:role>/", afterwards.approve, name="approve"),
    path("approvals/", afterwards.approvals, name="approvals"),
    path("actions/", afterwards.my_actions, name="my_actions"),
    path("actions/<slug:reference>/done", afterwards.action_done, name="action_done"),
    path("reviews/", afterwards.reviews, name="reviews"),
    *outside_addresses,
    *sheet_addresses,
]

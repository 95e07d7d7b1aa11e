"""Addresses of the panels app."""

from __future__ import annotations

from django.urls import path

from panels.views import meetings, offices, policies, seats

app_name = "panels"
urlpatterns = [
    path("", seats.panels, name="panels"),
    path("<int:pk>/", policies.panel, name="panel"),
    path("<int:pk>/seats/", seats.seats, name="seats"),
    path("<int:pk>/seats/give/", seats.give, name="give_seat"),
    path("seats/<int:pk>/leave/", seats.leave, name="leave_seat"),
    path("cover/", seats.cover, name="cover"),
    path("cover/<int:pk>/end/", seats.end, name="end_cover"),
    path("offices/", offices.proposals, name="proposals"),
    path("offices/for/<int:pk>/", offices.give, name="give_office"),
    path("offices/held/<int:pk>/end/", offices.end, name="end_office"),
    path("offices/<slug:reference>/", offices.proposal, name="proposal"),
    path("teams/", offices.teams, name="teams"),
    path("teams/<int:pk>/", offices.rename, name="rename_team"),
    path("meetings/", meetings.meetings, name="meetings"),
    path("<int:pk>/meetings/new/", meetings.new_meeting, name="new_meeting"),
    path("meetings/<slug:reference>/", meetings.meeting, name="meeting"),
    path("meetings/<slug:reference>/move/", meetings.move, name="move_meeting"),
    path("meetings/<slug:reference>/cancel/", meetings.cancel, name="cancel_meeting"),
    path("policy/", policies.policy, name="policy"),
    path("policy/versions/", policies.versions, name="versions"),
    path("policy/versions/adopt/", policies.adopt_waiting, name="adopt"),
    path("policy/<int:number>/", policies.policy_version, name="policy_version"),
]

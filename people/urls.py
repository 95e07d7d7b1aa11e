"""Addresses of the people app."""

from __future__ import annotations

from django.urls import path

from people.views import accounts, kept, people, post, session

app_name = "people"
urlpatterns = [
    path("sign-in/", session.sign_in, name="sign_in"),
    path("sign-out/", session.sign_out, name="sign_out"),
    path("stay/", session.stay, name="stay"),
    path("password/", session.password, name="password"),
    path("kept/", kept.kept, name="kept"),
    path("kept/<int:pk>/", kept.send_on, name="send_on"),
    path("colleagues/", people.colleagues, name="colleagues"),
    path("accounts/", accounts.accounts, name="accounts"),
    path("accounts/new/", accounts.new_account, name="new_account"),
    path("accounts/<int:pk>/", accounts.account, name="account"),
    path("accounts/<int:pk>/change/", accounts.change, name="change_account"),
    path("accounts/<int:pk>/close/", accounts.close, name="close_account"),
    path("accounts/<int:pk>/open/", accounts.reopen, name="reopen_account"),
    path("accounts/<int:pk>/password/", accounts.new_password, name="new_password"),
    path("record/", people.the_record, name="record"),
    path("record/mine/", people.own_reads, name="own_reads"),
    path("post/", post.post, name="post"),
    path("post/<int:pk>/again/", post.again, name="send_again"),
    path("mailbox/", post.mailbox, name="mailbox"),
    path("accessibility/", people.accessibility, name="accessibility"),
]

"""Addresses of decision sheets, packs and the check of a sheet."""

from __future__ import annotations

from django.urls import path

from decisions.views import sheets

urlpatterns = [
    path("sheets/<slug:reference>/", sheets.sheet, name="sheet"),
    path("sheets/<slug:reference>/file", sheets.sheet_file, name="sheet_file"),
    path("sheets/<slug:reference>/draw-again", sheets.draw_again, name="sheet_draw_again"),
    path("meetings/<slug:reference>/agenda/<int:number>/pack", sheets.pack_file, name="pack_file"),
    path("verify/", sheets.verify, name="verify"),
]

"""Every address of the site, in two halves: pages for people, and the API for relying parties."""

from django.urls import include, path

urlpatterns = [
    path("api/v1/", include("verification.api.urls")),
    path("", include("verification.web.urls")),
]
handler400 = "verification.web.errors.bad_request"
handler403 = "verification.web.errors.forbidden"
handler404 = "verification.web.errors.not_found"
handler500 = "verification.web.errors.server_error"

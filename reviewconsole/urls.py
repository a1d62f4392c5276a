"""Every address of the site, in two halves: pages for people, and the API for relying parties."""

from django.urls import include, path

urlpatterns = [
    path("api/v1/", include("verification.api.urls")),
    path("", include("verification.web.urls")),
]
handler400 = "reviewconsole.errors.bad_request"
handler403 = "reviewconsole.errors.forbidden"
handler404 = "reviewconsole.errors.not_found"
handler500 = "reviewconsole.errors.server_error"

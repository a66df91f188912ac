"""Multiple Users: a CSV file is uploaded, checked, and applied when it was looked at."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from mdm_portal.portal.lists import paginate
from mdm_portal.portal.purpose import changing
from scim_provisioning.directory import imports, user_csv
from scim_provisioning.directory.custom_attributes import custom_attribute_names
from scim_provisioning.directory.errors import NotFound, UnreadableFile
from scim_provisioning.directory.forms import ImportForm
from scim_provisioning.directory.models import UserImport
from scim_provisioning.requests import PortalRequest

READ_OR_SEND = ["GET", "HEAD", "POST"]


@changing
@require_http_methods(READ_OR_SEND)
def upload(request: PortalRequest) -> HttpResponse:
    """Return the form for a file; on POST check it and go to what was found."""
    is_sent = request.method == "POST"
    form = ImportForm(request.POST, request.FILES) if is_sent else ImportForm()
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            # One byte more than is allowed tells a file that is too large.
            content = file.read(user_csv.LARGEST_FILE + 1)
            found = imports.upload(file_name=file.name, content=content, owner=_owner(request))
        except UnreadableFile as error:
            form.add_error("file", str(error))
        else:
            return redirect("user-import-review", found.pk)
    context = {
        "form": form,
        "columns": list(user_csv.columns(custom_attribute_names())),
        "most_rows": user_csv.MOST_ROWS,
    }
    return render(request, "users/import.html", context, status=422 if is_sent else 200)


@changing
@require_http_methods(READ_OR_SEND)
def review(request: PortalRequest, import_id: UUID) -> HttpResponse:
    """Return what the check, or the application, of a file found; on POST apply it."""
    if request.method == "POST":
        return _apply(request, import_id)
    found = _mine(request, import_id)
    page = paginate(found.problems, request)
    return render(request, "users/import_review.html", {"found": found, "page": page})


@require_safe
def template(_request: HttpRequest) -> HttpResponse:
    """Return an empty file with all columns."""
    return _file(user_csv.template(custom_attribute_names()), "users.csv")


@require_safe
def errors(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """Return the wrong rows of a file with the reasons."""
    found = _mine(request, import_id)
    return _file(user_csv.error_file(found.content, found.problems), "users-errors.csv")


def _owner(request: HttpRequest) -> str:
    """Return whose files these are: nobody else sees them."""
    return str(request.user.pk)


def _mine(request: HttpRequest, import_id: UUID) -> UserImport:
    """Return a file of this administrator."""
    return get_object_or_404(UserImport, pk=import_id, owner=_owner(request))


def _apply(request: PortalRequest, import_id: UUID) -> HttpResponse:
    """Make users of the good rows and return to what came of it."""
    try:
        found = imports.apply(import_id=import_id, owner=_owner(request), actor=request.actor)
    except NotFound as error:
        raise Http404 from error
    except UnreadableFile as error:
        # A custom attribute that is a column of the file was deleted since.
        messages.error(request, str(error))
        return redirect("user-import")
    words = ngettext("%d user was created.", "%d users were created.", found.created)
    messages.success(request, words % found.created)
    return redirect("user-import-review", import_id)


def _file(text: str, name: str) -> HttpResponse:
    """Return a file to download."""
    answer = HttpResponse(text, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer

"""Addresses below /users/."""

from django.urls import path

from scim_provisioning.directory import (
    action_pages,
    column_choice,
    export,
    local_groups,
    local_users,
    pages,
    user_import,
    user_list,
)

urlpatterns = [
    path("", user_list.users, name="users"),
    path("add/", local_users.add_user, name="user-add"),
    path("import/", user_import.upload, name="user-import"),
    path("import/template.csv", user_import.template, name="user-import-template"),
    path("import/<uuid:import_id>/", user_import.review, name="user-import-review"),
    path("import/<uuid:import_id>/errors.csv", user_import.errors, name="user-import-errors"),
    path("columns/", column_choice.choose, name="users-columns"),
    path("export/", export.export, name="users-export"),
    path("actions/enable/", action_pages.enable, name="users-enable"),
    path("actions/disable/", action_pages.disable, name="users-disable"),
    path("actions/delete/", action_pages.delete, name="users-delete"),
    path("actions/assign/", action_pages.assign, name="users-assign"),
    path("actions/remove/", action_pages.remove, name="users-remove"),
    path("actions/join/", action_pages.join, name="users-join"),
    path("actions/leave/", action_pages.leave, name="users-leave"),
    path("groups/", pages.user_groups, name="user-groups"),
    path("groups/add/", local_groups.add_group, name="user-group-add"),
    path("groups/<uuid:group_id>/", pages.user_group, name="user-group"),
    path("groups/<uuid:group_id>/rename/", local_groups.rename_group, name="user-group-rename"),
    path("groups/<uuid:group_id>/delete/", local_groups.remove_group, name="user-group-delete"),
    path("groups/<uuid:group_id>/add/", local_groups.add_members, name="user-group-add-members"),
    path(
        "groups/<uuid:group_id>/remove/",
        local_groups.remove_members,
        name="user-group-remove-members",
    ),
    path("<uuid:user_id>/", pages.user, name="user"),
    path("<uuid:user_id>/edit/", local_users.edit_user, name="user-edit"),
    path("<uuid:user_id>/enable/", local_users.enable_user, name="user-enable"),
    path("<uuid:user_id>/disable/", local_users.disable_user, name="user-disable"),
    path("<uuid:user_id>/delete/", local_users.delete_user, name="user-delete"),
    path("<uuid:user_id>/erase/", local_users.erase_user, name="user-erase"),
    path("<uuid:user_id>/groups/", pages.user_groups_of, name="user-groups-of"),
    path("<uuid:user_id>/history/", pages.user_history, name="user-history"),
]

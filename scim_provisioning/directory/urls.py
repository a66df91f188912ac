"""Addresses below /users/."""

from django.urls import path

from scim_provisioning.directory import action_pages, export, pages, user_list

urlpatterns = [
    path("", user_list.users, name="users"),
    path("export/", export.export, name="users-export"),
    path("actions/enable/", action_pages.enable, name="users-enable"),
    path("actions/disable/", action_pages.disable, name="users-disable"),
    path("actions/delete/", action_pages.delete, name="users-delete"),
    path("actions/assign/", action_pages.assign, name="users-assign"),
    path("actions/remove/", action_pages.remove, name="users-remove"),
    path("groups/", pages.user_groups, name="user-groups"),
    path("groups/<uuid:group_id>/", pages.user_group, name="user-group"),
    path("<uuid:user_id>/", pages.user, name="user"),
    path("<uuid:user_id>/groups/", pages.user_groups_of, name="user-groups-of"),
    path("<uuid:user_id>/history/", pages.user_history, name="user-history"),
]

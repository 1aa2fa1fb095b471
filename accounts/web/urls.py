from django.urls import path

from accounts import converters  # noqa: F401 - makes <id:…> known
from accounts.web import keys, login, people, settings

app_name = "accounts"

urlpatterns = [
    path("login/", login.sign_in, name="login"),
    path("logout/", login.sign_out, name="logout"),
    path("me/", settings.own_settings, name="settings"),
    path("me/shortcuts/", settings.own_shortcuts, name="shortcuts"),
    path("me/password/", settings.own_password, name="password"),
    path("projects/<slug:slug>/keys/", keys.own_keys, name="keys"),
    path("projects/<slug:slug>/keys/<id:key_id>/revoke/", keys.revoke, name="revoke-key"),
    path("projects/<slug:slug>/people/", people.people, name="people"),
    path("projects/<slug:slug>/people/admit/", people.admit, name="admit"),
    path("projects/<slug:slug>/people/<id:person_id>/role/", people.change_role, name="change-role"),
]

"""The people of the demo; the desk's `load_demo` knows them by the same Telegram ids."""

from telegram_bot.simulator.database import JSON


def _person(user_id: int, first_name: str, last_name: str, username: str, language: str) -> JSON:
    return {
        "id": user_id,
        "is_bot": False,
        "first_name": first_name,
        "last_name": last_name,
        "username": username,
        "language_code": language,
    }


DEMO_PEOPLE = [
    _person(1001, "Вера", "Соколова", "vera_sokolova", "ru"),
    _person(1002, "Глеб", "Морозов", "gleb_morozov", "ru"),
    _person(1003, "Дарья", "Лебедева", "darya_lebedeva", "ru"),
    _person(1004, "Oliver", "Bennett", "oliver_bennett", "en"),
    _person(1005, "Тимур", "Алиев", "timur_aliev", "ru"),
    _person(2001, "Анна", "Павлова", "anna_pavlova_desk", "ru"),
    _person(2002, "Борис", "Климов", "boris_klimov_desk", "ru"),
    _person(2003, "Emily", "Carter", "emily_carter_desk", "en"),
    _person(3001, "Мила", "Орлова", "mila_orlova_desk", "ru"),
    _person(4001, "Адам", "Новак", "adam_novak_desk", "ru"),
]
DEMO_ROLES = {
    **dict.fromkeys((1001, 1002, 1003, 1004, 1005), "customer"),
    **dict.fromkeys((2001, 2002, 2003), "agent"),
    3001: "manager",
    4001: "admin",
}

"""What happened at the demo's desk: who, when, what they said. Pure data; `loading` makes it true."""

from dataclasses import dataclass

from accounts.models import Language, Role

# The same Telegram ids as in the simulator
PEOPLE: tuple[tuple[int, str, str, str, Language, Role], ...] = (
    (1001, "Вера", "Соколова", "vera_sokolova", Language.RUSSIAN, Role.CUSTOMER),
    (1002, "Глеб", "Морозов", "gleb_morozov", Language.RUSSIAN, Role.CUSTOMER),
    (1003, "Дарья", "Лебедева", "darya_lebedeva", Language.RUSSIAN, Role.CUSTOMER),
    (1004, "Oliver", "Bennett", "oliver_bennett", Language.ENGLISH, Role.CUSTOMER),
    (1005, "Тимур", "Алиев", "timur_aliev", Language.RUSSIAN, Role.CUSTOMER),
    (2001, "Анна", "Павлова", "anna_pavlova_desk", Language.RUSSIAN, Role.AGENT),
    (2002, "Борис", "Климов", "boris_klimov_desk", Language.RUSSIAN, Role.AGENT),
    (2003, "Emily", "Carter", "emily_carter_desk", Language.ENGLISH, Role.AGENT),
    (3001, "Мила", "Орлова", "mila_orlova_desk", Language.RUSSIAN, Role.MANAGER),
    (4001, "Адам", "Новак", "adam_novak_desk", Language.RUSSIAN, Role.ADMIN),
)
CATEGORIES = (
    ("orders", "Заказы и доставка", "Orders and delivery"),
    ("payment", "Оплата и возврат", "Payments and refunds"),
    ("account", "Аккаунт и вход", "Account and sign-in"),
    ("other", "Другое", "Something else"),
)
# shortcut, title, text: shared with everybody by the manager
SHARER = 3001
SAVED_REPLIES = (
    (
        "hello",
        "Greeting",
        "Hello {customer_name}! This is {agent_name}. I am looking into it and will be back within the hour.",
    ),
    (
        "refund",
        "Refund on its way",
        "{customer_name}, the refund has been sent. Banks take up to three working days to show it.",
    ),
    (
        "photo",
        "Ask for a photo",
        "Please send a photo of the parcel and of its label, so that we can replace it without any forms.",
    ),
    (
        "привет",
        "Приветствие",
        "Здравствуйте, {customer_name}! Меня зовут {agent_name}, уже разбираюсь и вернусь с ответом в течение часа.",
    ),
    (
        "возврат",
        "Возврат отправлен",
        "{customer_name}, деньги за обращение №{ticket_number} отправлены. Банк зачисляет их до трёх рабочих дней.",
    ),
    (
        "фото",
        "Попросить фото",
        "Пришлите, пожалуйста, фото посылки и этикетки: так заменим без лишних бумаг.",
    ),
    (
        "курьер",
        "Курьер позвонит",
        "Курьер позвонит за час до доставки. Если время не подходит, напишите сюда, перенесём.",
    ),
)


@dataclass(frozen=True)
class Step:
    """minutes: after the ticket was opened. who: a Telegram id. does: say, note, take, rate, or a status, priority or
    tag.
    """

    minutes: int
    who: int
    does: str
    text: str = ""


@dataclass(frozen=True)
class Story:
    """hours_ago: when the customer opened it."""

    hours_ago: float
    customer: int
    category: str
    text: str
    steps: tuple[Step, ...] = ()


STORIES: tuple[Story, ...] = (
    Story(
        190,
        1001,
        "payment",
        "Здравствуйте! С карты дважды списали за один заказ. Как вернуть деньги?",
        (
            Step(4, 2001, "take"),
            Step(6, 2001, "say", "Здравствуйте, Вера! Вижу оба списания, второе отменяю. Деньги придут за 3 дня."),
            Step(9, 1001, "say", "Спасибо большое, буду ждать"),
            Step(15, 2001, "note", "Сбой у банка, таких обращений сегодня пять. Сообщила в бухгалтерию."),
            Step(4300, 1001, "say", "Деньги пришли!"),
            Step(4310, 2001, "resolved"),
            Step(9000, 3001, "closed"),
        ),
    ),
    Story(
        120,
        1004,
        "account",
        "Hi, I changed my phone number and can't get the confirmation code any more.",
        (
            Step(12, 2003, "take"),
            Step(14, 2003, "say", "Hello Oliver! I can move the account. Which city did you register in?"),
            Step(15, 2003, "pending"),
            Step(95, 1004, "say", "Bristol, in 2023."),
            Step(101, 2003, "say", "Thank you, that matches. The new number is active, please try again."),
            Step(130, 1004, "say", "It works, you are brilliant."),
            Step(131, 2003, "resolved"),
            Step(140, 1004, "rate", "5"),
        ),
    ),
    Story(
        52,
        1002,
        "orders",
        "Заказ 4417 едет уже неделю. Где он?",
        (
            Step(20, 2002, "take"),
            Step(21, 2002, "priority", "high"),
            Step(24, 2002, "say", "Глеб, добрый день! Посылка застряла на сортировке, я попросил ускорить."),
            Step(26, 2002, "tag", "доставка"),
            Step(1500, 1002, "say", "Пока без изменений. Сколько ещё ждать?"),
            Step(1520, 2002, "note", "Звонил в службу доставки, обещают завтра до обеда."),
            Step(1525, 2002, "say", "Курьер позвонит завтра до обеда. Если нет — вернём стоимость доставки."),
        ),
    ),
    Story(
        30,
        1003,
        "payment",
        "Можно ли оплатить со счёта организации и получить закрывающие документы?",
        (
            Step(7, 2001, "take"),
            Step(10, 2001, "say", "Да, Дарья. Пришлите реквизиты, и я подготовлю счёт сегодня."),
            Step(11, 2001, "pending"),
        ),
    ),
    Story(
        26,
        1005,
        "account",
        "Не могу войти: пишет «сессия истекла», хотя пароль верный.",
        (
            Step(3, 2002, "take"),
            Step(5, 2002, "say", "Тимур, попробуйте выйти на всех устройствах: Настройки → Безопасность."),
            Step(40, 1005, "say", "Помогло, спасибо!"),
            Step(42, 2002, "resolved"),
            Step(50, 1005, "rate", "4"),
        ),
    ),
    Story(
        9,
        1001,
        "orders",
        "Хочу поменять адрес доставки в заказе 4502, ещё не поздно?",
        (
            Step(8, 2001, "take"),
            Step(9, 2001, "say", "Не поздно! Напишите новый адрес, я передам на склад."),
            Step(12, 1001, "say", "Казань, улица Баумана, 5, квартира 12. Домофон 12"),
        ),
    ),
    Story(
        5,
        1004,
        "orders",
        "The parcel arrived, but the lamp is cracked. What should I do?",
        (Step(30, 2003, "take"), Step(31, 2003, "note", "Second cracked lamp this week, ask the warehouse.")),
    ),
    Story(3, 1003, "other", "Подскажите, работает ли магазин на Баумана в выходные?"),
    Story(
        1.5,
        1002,
        "payment",
        "Промокод WINTER не применяется, хотя срок до конца месяца.",
        (Step(2, 1002, "say", "Сумма заказа 5 400, условие от 5 000 выполнено"),),
    ),
    Story(0.6, 1005, "orders", "Срочно! Привезли чужой заказ, курьер уже уехал."),
)

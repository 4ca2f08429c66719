from django.urls import path

from telegram_bot import views

urlpatterns = [path("webhook/<str:route>/", views.receive_update, name="telegram-webhook")]

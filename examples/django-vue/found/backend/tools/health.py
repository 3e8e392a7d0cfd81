"""Whether the application and its database answer, for the health check of the container."""

from django.db import connection
from django.http import JsonResponse


def health(request):
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception as e:
        return JsonResponse({"status": "unhealthy", "error": str(e)}, status=503)
    return JsonResponse({"status": "healthy"})
